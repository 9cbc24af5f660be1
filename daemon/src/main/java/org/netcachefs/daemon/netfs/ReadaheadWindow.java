package org.netcachefs.daemon.netfs;

import org.jspecify.annotations.Nullable;
import org.netcachefs.store.ByteRange;

/**
 * The bytes wanted in flight ahead of one handle's sequential reader: nothing while it reads here and there, then one block, doubled
 * each time half of it is used up, to a cap. Depends on what it is told only. Threads may race on it: it then advises worse, never wrong. So
 * its fields are plain: each volatile one costs every random read a fence.
 */
final class ReadaheadWindow {
    /** Requests of one reader arrive out of order by up to so many of their own lengths. */
    private static final int REORDERED = 4;

    private final int blockBytes;
    private final long cap;

    private long position;
    private long window;
    private long aheadTo;
    private boolean sequential = true;

    /** {@code cap} in bytes, 0 for none. */
    ReadaheadWindow(int blockBytes, long cap) {
        this.blockBytes = blockBytes;
        this.cap = cap;
    }

    /** Whether the last read went on where those before it ended (the first one: whether it began at 0). */
    boolean isSequential() {
        return sequential;
    }

    /**
     * Notes a read and says what should now be under way ahead of it: whole blocks within a file of {@code size} bytes; null for nothing new.
     */
    @Nullable
    ByteRange advance(long offset, int length, long size) {
        long end = offset + length;
        long slack = (long) REORDERED * length;
        if (offset > position + slack || end < position - slack) {
            restart(end);
            return null;
        }
        sequential = true;
        position = Math.max(position, end);
        aheadTo = Math.max(aheadTo, position);
        if (cap == 0 || (window > 0 && aheadTo - position >= window / 2)) {
            return null;
        }
        return open(size);
    }

    private void restart(long end) {
        sequential = false;
        position = end;
        window = 0;
        aheadTo = end;
    }

    private @Nullable ByteRange open(long size) {
        window = Math.min(cap, window == 0 ? blockBytes : window * 2);
        long from = (aheadTo + blockBytes - 1) / blockBytes * blockBytes;
        long to = Math.min(size, (position + window + blockBytes - 1) / blockBytes * blockBytes);
        if (from >= to) {
            return null;
        }
        aheadTo = to;
        return ByteRange.between(from, to);
    }
}
