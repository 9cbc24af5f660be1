package org.netcachefs.store.internal.data;

import org.netcachefs.store.ByteRange;

/**
 * What moved the fill guard of one file lately, and of which bytes: a fill begun before is void where they meet. Guards grow.
 * Not thread-safe.
 */
public final class GuardLog {
    private static final int KEPT = 128;

    /** Made when a range is noted: of most files none ever is. */
    private long[] guards = {};

    private ByteRange[] ranges = {};
    private int next;

    /** What was begun before this one is void: moves up to it were about everything, or it is not known any more about what. */
    private long forgotten;

    private long guard;

    /** The guard now. */
    public long guard() {
        return guard;
    }

    /** Everything begun before is void. */
    public void moved(long newGuard) {
        forgotten = newGuard;
        guard = newGuard;
    }

    /** What was begun before is void as far as it touches {@code range}. */
    public void moved(long newGuard, ByteRange range) {
        if (ranges.length == 0) {
            guards = new long[KEPT];
            ranges = new ByteRange[KEPT];
        }
        if (ranges[next] != null) {
            forgotten = Math.max(forgotten, guards[next]);
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
        for (int i = 0; i < ranges.length; i++) {
            ByteRange changed = ranges[i];
            if (changed != null && guards[i] > then && changed.overlaps(range)) {
                return false;
            }
        }
        return true;
    }
}
