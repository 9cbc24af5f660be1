package org.netcachefs.store.internal.engine;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.internal.index.IndexStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store's threads beside its I/O threads: one watches the time limit, one tells those who waited too long, one makes fill epochs
 * durable, one measures the index, one compacts it, one rebuilds the free map at first and then sweeps when a drain asks for it.
 */
final class Background {
    private static final Logger LOG = LoggerFactory.getLogger(Background.class);
    private static final long WATCH_MILLIS = Calls.TICK_MILLIS;
    private static final long EPOCH_MILLIS = 5000;
    private static final int TICKS = 20;
    private static final long MEASURE_MILLIS = 200;
    private static final long PATIENCE_MILLIS = 200;

    private final Engine engine;
    private final ClockCuller culler;
    private final HealthKeeper healthKeeper;
    private final Signal stopWatch = new Signal();
    private final Signal stopExpiry = new Signal();
    private final Signal stopEpochs = new Signal();
    private final Signal compactionWanted = new Signal();
    private final Signal sweepWanted = new Signal();
    private final ConcurrentLinkedQueue<Runnable> afterSweep = new ConcurrentLinkedQueue<>();
    private final Thread watch = new StoreThread("watch", this::watch);
    /** Not one that may wait for the disk: who is told goes on with what is not cached, and may ask for more on this thread. */
    private final Thread expiry = new Thread(this::expire, "netcachefs-store-expiry");

    private final Thread epochs = new StoreThread("epochs", this::epochs);
    private final Thread measures = new StoreThread("measure", this::measures);
    private final Thread compactions = new StoreThread("compact", this::compactions);
    private final Thread sweep = new StoreThread("sweep", this::sweep);
    private final CountDownLatch rebuilt = new CountDownLatch(1);
    private boolean damageNoted;
    private volatile boolean stopped;
    private volatile boolean recovering = true;

    Background(Engine engine, ClockCuller culler, HealthKeeper healthKeeper) {
        this.engine = engine;
        this.healthKeeper = healthKeeper;
        this.culler = culler;
        measure();
    }

    void start() {
        healthKeeper.start();
        watch.start();
        expiry.setDaemon(true);
        expiry.start();
        epochs.start();
        measures.start();
        compactions.start();
        sweep.start();
        awaitRebuilt();
    }

    /** Small caches are ready for fills at once; no opener waits long for a large one. */
    private void awaitRebuilt() {
        try {
            if (!rebuilt.await(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
                LOG.info("cache: the free map is being rebuilt; fills wait, hits do not");
            }
        } catch (InterruptedException e) {
            LOG.debug("interrupted while the free map was being rebuilt");
        }
    }

    boolean isRecovering() {
        return recovering;
    }

    /** On a thread of its own: a disk that hangs must not keep the watch from seeing it. */
    private void measures() {
        while (!stopped) {
            engine.measuring.await(MEASURE_MILLIS);
            measure();
            if (!recovering) {
                engine.roomMade();
            }
            noteDamage();
        }
    }

    private void noteDamage() {
        if (engine.indexDamaged && !damageNoted) {
            damageNoted = true;
            engine.onDamage.run();
        }
    }

    private void measure() {
        IndexStore index = engine.index.store();
        engine.indexBudget.measured(index.bytes(), index.lastingBytes());
        if (engine.indexBudget.isCullingDue()) {
            engine.culling.raise();
        }
        if (engine.indexBudget.isCompactionDue()) {
            compactionWanted.raise();
        }
    }

    private void compactions() {
        while (!stopped) {
            compactionWanted.await(TimeUnit.SECONDS.toMillis(60));
            if (!stopped && engine.indexBudget.isCompactionDue()) {
                compact();
            }
        }
    }

    private void compact() {
        IndexStore index = engine.index.store();
        long removed = engine.indexBudget.removed();
        try {
            index.compact();
            engine.indexBudget.compacted(removed, index.lastingBytes());
            measure();
        } catch (CacheException e) {
            engine.failed(e);
        }
    }

    private void watch() {
        for (int tick = 0; !stopped; tick++) {
            healthKeeper.watch();
            if (tick % TICKS == 0) {
                engine.disk.marks().advanceTick();
            }
            stopWatch.await(WATCH_MILLIS);
        }
    }

    private void expire() {
        while (!stopped) {
            expire(!engine.health.isReachable());
            stopExpiry.await(WATCH_MILLIS);
        }
        engine.asyncReads.expire(true);
    }

    private void expire(boolean lost) {
        try {
            if (lost) {
                engine.fills.dropWaiting();
            }
            engine.asyncReads.expire(lost);
        } catch (RuntimeException e) {
            LOG.error("cache: telling who waited too long failed", e); // the next ones are told in the next round
        }
    }

    private void epochs() {
        long filled = -1;
        while (!stopped) {
            stopEpochs.await(EPOCH_MILLIS);
            long now = engine.counters.filledBytes.sum();
            if (now != filled && !stopped && commitEpoch()) {
                filled = now;
            }
        }
    }

    private boolean commitEpoch() {
        try {
            engine.epochs.commit();
            return true;
        } catch (CacheException e) {
            engine.failed(e);
            LOG.warn("cache: what was filled lately is not durable yet: {}", e.getMessage());
            return false;
        }
    }

    private void sweep() {
        rebuild();
        while (!stopped) {
            sweepWanted.await(TimeUnit.SECONDS.toMillis(60));
            sweepFor(afterSweep.size());
        }
        sweepFor(Integer.MAX_VALUE);
    }

    private void rebuild() {
        try {
            new Rebuilder(engine).run();
            recovering = false;
            rebuilt.countDown();
            culler.start();
            engine.roomMade();
        } catch (CacheException e) {
            engine.failed(e);
            engine.health.damaged("the index cannot be read: " + e.getMessage());
        }
    }

    private void sweepFor(int waiting) {
        if (afterSweep.isEmpty()) {
            return;
        }
        try {
            culler.sweepAll();
        } catch (CacheException e) {
            engine.failed(e);
        }
        for (int i = 0; i < waiting; i++) {
            Runnable done = afterSweep.poll();
            if (done == null) {
                return;
            }
            done.run();
        }
    }

    /** Runs {@code done} once what was flushed or retired is free. */
    void sweepThen(Runnable done) {
        afterSweep.add(done);
        sweepWanted.raise();
    }

    /** Ends the threads; whether all have ended in time. */
    boolean stop() {
        stopped = true;
        stopWatch.raise();
        stopExpiry.raise();
        stopEpochs.raise();
        engine.measuring.raise();
        compactionWanted.raise();
        engine.index.store().stopCompacting();
        sweepWanted.raise();
        boolean ended = healthKeeper.stop();
        for (Thread thread : new Thread[] {watch, expiry, epochs, measures, compactions, sweep}) {
            ended &= ended(thread);
        }
        return ended;
    }

    static boolean ended(Thread thread) {
        try {
            thread.join(TimeUnit.SECONDS.toMillis(10));
        } catch (InterruptedException e) {
            return false;
        }
        return !thread.isAlive();
    }
}
