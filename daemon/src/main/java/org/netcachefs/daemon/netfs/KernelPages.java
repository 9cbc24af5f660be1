package org.netcachefs.daemon.netfs;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;
import org.netcachefs.fuse.FileType;
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
        return false;
    }

    long end() {
        return end;
    }

    /** It was written up to here through the kernel, which has seen to its pages. */
    synchronized void writtenTo(long size) {
        writes++;
        if (end != NO_END && size > end) {
            end = size;
        }
    }

    /** It was cut or made longer through the kernel, which has seen to its pages. */
    synchronized void changedTo(long size) {
        writes++;
        if (end != NO_END) {
            end = size;
        }
    }

    /** Moves with each change of the content through the kernel. */
    synchronized long writes() {
        return writes;
    }

    /** The kernel was told that the file ends here; false if it was changed since there had been {@code writesThen}: that stays. */
    synchronized boolean grewTo(long size, long writesThen) {
        boolean isSame = writes == writesThen;
        if (isSame && end != NO_END) {
            end = size;
        }
        return isSame;
    }

    /** Upstream says that it ends here: if that is behind where the kernel has the end of a file, the kernel is to be told. */
    synchronized void foundToEndAt(long size, FileType type) {
        if (type == FileType.REGULAR && (end == NO_END || size < end)) {
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
