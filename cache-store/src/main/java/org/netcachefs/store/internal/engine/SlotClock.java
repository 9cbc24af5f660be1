package org.netcachefs.store.internal.engine;

import java.util.ArrayList;
import java.util.List;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.internal.data.SlotTable;
import org.netcachefs.store.internal.data.SlotView;

/** A clock over the slots, which empties those least worth keeping. Used by one thread at a time. */
final class SlotClock {
    /** Slots looked at per slot wanted. */
    private static final int LOOKS = 256;
    /** Slots looked at for sparse ones, each time. */
    private static final int SPARSE_LOOKS = 4096;
    /** Of the index per block: key, row and slot row without checksums. */
    private static final int USE_BYTES = 120;

    private final Engine engine;
    private final SlotTable slots;
    private int hand;
    private int sparseHand;

    SlotClock(Engine engine) {
        this.engine = engine;
        slots = engine.disk.slots();
    }

    /** Empties up to {@code wanted} slots, mostly empty ones first; how many. Looks at a bounded number. */
    int empty(int wanted) throws CacheException {
        int emptied = slots.split() > 0 ? emptySparse(wanted) : 0;
        for (int look = 0; emptied < wanted && look < looks(wanted); look++) {
            emptied += pass(next()) ? 1 : 0;
        }
        return emptied;
    }

    /** Empties up to {@code wanted} split slots, each with many rows in the index; others only if there are none. */
    int emptySplit(int wanted) throws CacheException {
        int emptied = 0;
        for (int look = 0; emptied < wanted && look < looks(wanted); look++) {
            int slot = next();
            if (slots.split() == 0 || slots.view(slot).split()) {
                emptied += pass(slot) ? 1 : 0;
            }
        }
        return emptied;
    }

    private int looks(int wanted) {
        return Math.min(wanted * LOOKS, slots.slots() * 4);
    }

    private int next() {
        int slot = hand;
        hand = hand + 1 == slots.slots() ? 0 : hand + 1;
        return slot;
    }

    /** Split slots that are mostly empty, unless they are just being filled. */
    private int emptySparse(int wanted) throws CacheException {
        int emptied = 0;
        for (int look = 0; emptied < wanted && look < Math.min(SPARSE_LOOKS, slots.slots()); look++) {
            int slot = sparseHand;
            sparseHand = slot + 1 == slots.slots() ? 0 : slot + 1;
            SlotView view = slots.view(slot);
            boolean idle = CullPolicy.isSparse(view) && !slots.marks().isRecent(slot);
            if (idle && CullPolicy.judge(view) == CullPolicy.Verdict.CULL) {
                emptied += empty(slot, view) ? 1 : 0;
            }
        }
        return emptied;
    }

    /** The hand comes by a slot; whether that was emptied. */
    private boolean pass(int slot) throws CacheException {
        SlotView view = slots.view(slot);
        return switch (CullPolicy.judge(view)) {
            case FREE -> false;
            case SKIP -> {
                engine.counters.skippedSlots.increment();
                yield false;
            }
            case SPARE -> {
                slots.marks().setReads(slot, view.reads() - 1);
                yield false;
            }
            case CULL -> empty(slot, view);
        };
    }

    private boolean empty(int slot, SlotView view) throws CacheException {
        slots.setCulling(slot, true);
        try {
            List<long[]> users = new ArrayList<>();
            engine.index.slot(slot, (cookie, block) -> users.add(new long[] {cookie, block}));
            if (users.isEmpty()) {
                return false; // being filled
            }
            for (long[] user : users) {
                if (engine.pinned.contains(user[0])) {
                    slots.marks().setPinned(slot, true);
                    return false;
                }
            }
            for (long[] user : users) {
                engine.records.leave(slot, user[0], user[1]);
            }
            engine.indexBudget.removed(users.size() * (long) USE_BYTES + view.takenSectors() * 4L);
            return true;
        } finally {
            slots.setCulling(slot, false);
        }
    }
}
