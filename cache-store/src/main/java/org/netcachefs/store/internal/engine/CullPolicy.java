package org.netcachefs.store.internal.engine;

import org.netcachefs.store.internal.data.SlotView;

/**
 * Decides over slots as the hand of a clock passes them. The first read of a slot does not count, so that what was filled and read
 * once goes first and a scan pushes out other scans, not what is read again and again; before that read a slot is spared once. Split slots of which little is in use go as if unread: they
 * cost a slot and keep little. Pure.
 */
final class CullPolicy {
    private static final int SPARSE_SECTORS = 16;

    private CullPolicy() {}

    /** What to do with a slot. */
    enum Verdict {
        /** Nothing to free. */
        FREE,
        /** Pinned or held: not now. */
        SKIP,
        /** Read since the hand last came by: one chance less. */
        SPARE,
        CULL
    }

    static Verdict judge(SlotView slot) {
        if (slot.takenSectors() == 0) {
            return Verdict.FREE;
        }
        if (slot.pinned() || slot.held()) {
            return Verdict.SKIP;
        }
        return slot.reads() <= (isSparse(slot) ? 1 : 0) ? Verdict.CULL : Verdict.SPARE;
    }

    /** A split slot that is mostly empty: emptied, it may hold a whole block again. */
    static boolean isSparse(SlotView slot) {
        return slot.split() && slot.takenSectors() <= SPARSE_SECTORS;
    }
}
