package org.netcachefs.store.internal.data;

/**
 * The 32 bits kept of a slot: what it is used for, how often it was read lately, how many hold it.
 * Reads are counted once a tick, so that one pass over a block counts once however small its reads are.
 */
final class SlotState {
    static final int FREE = 0;
    static final int WHOLE = 1;
    static final int SPLIT = 2;

    static final int PINNED = 1 << 28;
    static final int LISTED = 1 << 29;
    static final int CULLING = 1 << 30;

    /** Not read since it was taken. */
    private static final int UNREAD = 1 << 31;

    static final int HOLD_ONE = 1 << 12;
    private static final int HOLDS = 0xffff << 12;
    private static final int KIND = 3;
    private static final int READS_SHIFT = 2;
    private static final int READS = 3 << READS_SHIFT;
    private static final int TICK_SHIFT = 4;
    private static final int RECENT_TICKS = 8;
    private static final int TICK = 0xff << TICK_SHIFT;

    private SlotState() {}

    static int kind(int state) {
        return state & KIND;
    }

    static int withKind(int state, int kind) {
        return (state & ~KIND) | kind;
    }

    static int holds(int state) {
        return (state & HOLDS) >>> 12;
    }

    /** 0..3. */
    static int reads(int state) {
        return (state & READS) >>> READS_SHIFT;
    }

    /** From now on it counts as read so often. */
    static int withReads(int state, int reads) {
        return (state & ~(READS | UNREAD)) | (reads << READS_SHIFT);
    }

    /** The chances it has when the hand of the culler's clock comes by: one while it still is to be read for the first time. */
    static int chances(int state) {
        return reads(state) + ((state & UNREAD) != 0 ? 1 : 0);
    }

    static boolean wasReadIn(int state, int tick) {
        return (state & TICK) >>> TICK_SHIFT == (tick & 0xff);
    }

    /** Taken or read within the last ticks; lossy, as ticks come round. */
    static boolean isRecent(int state, int tick) {
        return ((tick - ((state & TICK) >>> TICK_SHIFT)) & 0xff) < RECENT_TICKS;
    }

    /**
     * The first read does not count: it is what the slot was filled for, and counted, it would make what readers have passed outlive
     * what was fetched ahead of them.
     */
    static int read(int state, int tick) {
        int reads = (state & UNREAD) != 0 ? reads(state) : Math.min(3, reads(state) + 1);
        return (withReads(state, reads) & ~TICK) | ((tick & 0xff) << TICK_SHIFT);
    }

    /** As of a slot just taken: never read, not in this tick. */
    static int taken(int state, int kind, int tick) {
        int fresh = withReads(withKind(state, kind), 0) & ~(PINNED | TICK);
        return fresh | UNREAD | (((tick + 255) & 0xff) << TICK_SHIFT);
    }
}
