package org.netcachefs.store.internal.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.List;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.Culler;
import org.netcachefs.store.internal.data.Place;
import org.netcachefs.store.internal.data.SlotTable;

/** The culler of the persistent store: sweeps what was flushed and retired, and makes room in the index and among the slots. */
final class ClockCuller implements Culler {
    private final Engine engine;
    private final SlotTable slots;

    @GuardedBy("this")
    private final Sweeper sweeper;

    @GuardedBy("this")
    private final MetadataCuller metadata;

    @GuardedBy("this")
    private final SlotClock clock;

    @GuardedBy("this")
    private boolean culling;

    private volatile boolean ready;

    ClockCuller(Engine engine) {
        this.engine = engine;
        slots = engine.disk.slots();
        sweeper = new Sweeper(engine);
        metadata = new MetadataCuller(engine, sweeper);
        clock = new SlotClock(engine);
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
            freed += freed < most ? cullIndex(most - freed) : 0;
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
        int freed = slots.hasFreed() ? settle() : 0;
        engine.counters.flushedSlots.add(freed);
        if (more) {
            engine.culling.raise();
        }
        return freed;
    }

    /** What fills the index goes, until it has room. */
    @GuardedBy("this")
    private int cullIndex(int most) throws CacheException {
        if (!engine.indexBudget.isCullingDue()) {
            return 0;
        }
        boolean more = metadata.cull();
        if (metadata.isExhausted()) {
            more |= clock.emptySplit(most) > 0;
        }
        int freed = slots.hasFreed() ? settle() : 0;
        engine.counters.culledSlots.add(freed);
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
        int emptied = clock.empty(Math.min(most, slots.toRun()));
        int freed = emptied > 0 || slots.hasFreed() ? settle() : 0;
        engine.counters.culledSlots.add(freed);
        culling = slots.isBelowRun();
        if (culling && freed > 0) {
            engine.culling.raise();
        }
        return freed;
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
