package org.netcachefs.daemon.netfs;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;
import org.netcachefs.store.CoherencyData;

/**
 * What the kernel may hold of one node's content since its pages were last dropped: nothing, settled content of one version,
 * or anything. Thread-safe; {@link #handed} takes no lock while content stays the same.
 *
 * <p>Versions begin anew when a cookie is opened anew, so the coherency data belongs to them.
 */
final class KernelPages {
    private static final long NO_END = -1;
    private static final Pages NOTHING = new Pages(0, null);
    private static final Pages ANYTHING = new Pages(-1, null);

    /** Anything at first: the node may have been known, and read, before. */
    @GuardedBy("this")
    private Pages pages = ANYTHING;

    /** The same, to be read without lock. */
    private volatile Pages seen = ANYTHING;

    /** When the kernel was last told to drop them, in nanoseconds of the monotonic clock. */
    private volatile long toldAt = Long.MIN_VALUE;

    @GuardedBy("this")
    private long writes;

    /** The size the kernel believes the file has at least, as it was told or wrote itself; -1: none. */
    private volatile long end = NO_END;

    private record Pages(long version, @Nullable CoherencyData coherency) {
        boolean are(long otherVersion, CoherencyData other) {
            return version == otherVersion && other.equals(coherency);
        }
    }

    /** Noted before the answer is given. */
    void handed(long version, CoherencyData coherency) {
        if (!seen.are(version, coherency)) {
            add(version, coherency);
        }
    }

    private synchronized void add(long version, CoherencyData coherency) {
        if (pages.equals(NOTHING)) {
            set(new Pages(version, coherency));
        } else if (!pages.are(version, coherency)) {
            set(ANYTHING);
        }
    }

    /** The pages must not survive the next open: what is handed out is unsettled, or was flushed. */
    synchronized void distrust() {
        set(ANYTHING);
    }

    /** Whether an open may keep the kernel's pages of this content; if not, it drops them all. */
    synchronized boolean keepAtOpen(long version, CoherencyData coherency) {
        if (pages.are(version, coherency)) {
            return true;
        }
        set(NOTHING);
        shownToEndAt(coherency.size()); // no page is left that ends before
        return false;
    }

    long end() {
        return end;
    }

    /** The kernel has the file end here now. What is no file was never {@link #foundToEndAt found} to end anywhere. */
    void shownToEndAt(long size) {
        if (end != NO_END) {
            end = size;
        }
    }

    /** It was written up to here through the kernel, which has seen to its pages. */
    synchronized void writtenTo(long size) {
        writes++;
        if (end != NO_END && size > end) {
            end = size;
        }
    }

    /** Moves with each write through the kernel. */
    synchronized long writes() {
        return writes;
    }

    /** Upstream says that a file ends here: if that is not behind where the kernel has its end, the kernel needs no telling. */
    void foundToEndAt(long size) {
        if (end == NO_END || size < end) {
            end = size;
        }
    }

    /** Whether the kernel has the file end before. */
    boolean endsBefore(long size) {
        long known = end;
        return known != NO_END && known < size;
    }

    void toldToDrop(long now) {
        toldAt = now;
    }

    /** Whether the kernel was told to drop them at {@code since} or later. */
    boolean wasToldToDrop(long since) {
        return toldAt >= since;
    }

    @GuardedBy("this")
    private void set(Pages now) {
        pages = now;
        seen = now;
    }
}
