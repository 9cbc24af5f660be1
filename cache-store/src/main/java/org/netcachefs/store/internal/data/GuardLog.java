package org.netcachefs.store.internal.data;

import org.netcachefs.store.ByteRange;

/**
 * What moved the fill guard of one file lately, and of which bytes: a fill begun before is void where they meet. Guards grow.
 * Not thread-safe.
 */
public final class GuardLog {
    private static final int KEPT = 128;
    private static final ByteRange ALL = new ByteRange(0, Long.MAX_VALUE);

    private final long[] guards = new long[KEPT];
    private final ByteRange[] ranges = new ByteRange[KEPT];
    private int next;

    /** Of moves up to this one it is not known what they were about. */
    private long forgotten;

    private long guard;

    /** The guard now. */
    public long guard() {
        return guard;
    }

    /** Everything begun before is void. */
    public void moved(long newGuard) {
        moved(newGuard, ALL);
    }

    /** What was begun before is void as far as it touches {@code range}. */
    public void moved(long newGuard, ByteRange range) {
        if (ranges[next] != null) {
            forgotten = guards[next];
        }
        guards[next] = newGuard;
        ranges[next] = range;
        next = (next + 1) % KEPT;
        guard = newGuard;
    }

    /** Whether nothing happened to {@code range} since the guard was {@code then}. */
    public boolean stands(long then, ByteRange range) {
        if (then == guard) {
            return true;
        }
        if (then < forgotten) {
            return false;
        }
        for (int i = 0; i < KEPT; i++) {
            ByteRange changed = ranges[i];
            if (changed != null && guards[i] > then && changed.overlaps(range)) {
                return false;
            }
        }
        return true;
    }
}
