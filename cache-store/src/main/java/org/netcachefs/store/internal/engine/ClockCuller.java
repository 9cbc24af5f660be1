package org.netcachefs.store.internal.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.Culler;
import org.netcachefs.store.internal.data.Place;
import org.netcachefs.store.internal.data.SlotTable;
import org.netcachefs.store.internal.data.SlotView;

/** The culler of the persistent store: a clock over its slots, and the sweeping of what was flushed and retired. */
final class ClockCuller implements Culler {
    /** Slots looked at per slot wanted. */
    private static final int LOOKS = 256;
    /** Slots looked at for sparse ones, each time. */
    private static final int SPARSE_LOOKS = 4096;

    private final Engine engine;
    private final SlotTable slots;

    @GuardedBy("this")
    private final Sweeper sweeper;

    @GuardedBy("this")
    private final MetadataCuller metadata;

    @GuardedBy("this")
    private int hand;

    @GuardedBy("this")
    private int sparseHand;

    @GuardedBy("this")
    private boolean culling;

    private volatile boolean ready;

    ClockCuller(Engine engine) {
        this.engine = engine;
        slots = engine.disk.slots();
        sweeper = new Sweeper(engine);
        metadata = new MetadataCuller(engine);
    }

    /** The free map is whole: there may be culling. */
    void start() {
        ready = true;
        engine.culling.raise();
    }

    @Override
    public synchronized int doWork(int most) throws CacheException {
        if (!ready || !engine.health.serves()) {
            return 0;
        }
        engine.calls.setPatient(true);
        try {
            int freed = sweep(most);
            return freed < most ? freed + cull(most - freed) : freed;
        } finally {
            engine.calls.setPatient(false);
        }
    }

    @GuardedBy("this")
    private int sweep(int most) throws CacheException {
        boolean more = sweeper.sweep();
        for (int i = 0; more && i < most / 64; i++) {
            more = sweeper.sweep();
        }
        if (engine.indexBudget.isCullingDue()) {
            metadata.cull();
        }
        int freed = slots.hasFreed() ? settle() : 0;
        engine.counters.flushedSlots.add(freed);
        if (more) {
            engine.culling.raise();
        }
        return freed;
    }

    @GuardedBy("this")
    private int cull(int most) throws CacheException {
        if (!culling && slots.isBelowCull()) {
            culling = true;
            engine.counters.cullRuns.increment();
        }
        if (!culling) {
            return 0;
        }
        int wanted = Math.min(most, slots.toRun());
        int emptied = slots.split() > 0 ? emptySparse(wanted) : 0;
        for (int look = 0; emptied < wanted && look < most * LOOKS && look < slots.slots() * 4; look++) {
            emptied += pass() ? 1 : 0;
        }
        int freed = emptied > 0 || slots.hasFreed() ? settle() : 0;
        engine.counters.culledSlots.add(freed);
        culling = slots.isBelowRun();
        if (culling && freed > 0) {
            engine.culling.raise();
        }
        return freed;
    }

    /** Split slots that are mostly empty go first, unless they are just being filled; how many were emptied. */
    @GuardedBy("this")
    private int emptySparse(int wanted) throws CacheException {
        int emptied = 0;
        for (int look = 0; emptied < wanted && look < Math.min(SPARSE_LOOKS, slots.slots()); look++) {
            int slot = sparseHand;
            sparseHand = slot + 1 == slots.slots() ? 0 : slot + 1;
            SlotView view = slots.view(slot);
            boolean idle = CullPolicy.isSparse(view) && !slots.marks().isRecent(slot);
            if (idle && CullPolicy.judge(view) == CullPolicy.Verdict.CULL) {
                emptied += empty(slot) ? 1 : 0;
            }
        }
        return emptied;
    }

    /** The hand moves on by one slot; whether that was emptied. */
    @GuardedBy("this")
    private boolean pass() throws CacheException {
        int slot = hand;
        hand = hand + 1 == slots.slots() ? 0 : hand + 1;
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
            case CULL -> empty(slot);
        };
    }

    @GuardedBy("this")
    private boolean empty(int slot) throws CacheException {
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
            return true;
        } finally {
            slots.setCulling(slot, false);
        }
    }

    /** Frees what was unpublished before: first its deletion is made durable. */
    @GuardedBy("this")
    private int settle() throws CacheException {
        List<Place> places = slots.takeFreed();
        try {
            engine.index.store().sync();
        } catch (CacheException e) {
            slots.keepFreed(places);
            throw e;
        }
        int freed = slots.settle(places);
        engine.roomMade();
        return freed;
    }

    /** Sweeps until nothing flushed or retired is left. */
    synchronized void sweepAll() throws CacheException {
        while (ready && (sweeper.isDue() || slots.hasFreed())) {
            boolean more = sweeper.sweep();
            engine.counters.flushedSlots.add(settle());
            if (!more && slots.hasFreed()) {
                engine.culling.raise();
                return; // held: the next doWork
            }
        }
    }

    @Override
    public void awaitWork(Duration limit) {
        engine.culling.await(limit);
    }
}
