package org.netcachefs.store.internal.engine;

import java.util.concurrent.TimeUnit;
import org.netcachefs.store.CacheException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends a store: fills drained, holds given up, all durable, clean flag set. */
final class Closing {
    private static final Logger LOG = LoggerFactory.getLogger(Closing.class);
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final OpenCache.Home home;
    private final Engine engine;
    private final Background background;
    private final ClockCuller culler;

    Closing(OpenCache.Home home, Engine engine, Background background, ClockCuller culler) {
        this.home = home;
        this.engine = engine;
        this.background = background;
        this.culler = culler;
    }

    void run() {
        engine.fills.close();
        drainFills();
        engine.fills.dropWaiting();
        engine.health.close();
        engine.cookies.all().forEach(cookie -> cookie.state().close()); // no more places are taken from their maps
        boolean quiet = engine.health.isReachable() && awaitHolds() && engine.io.close(10) && background.stop();
        if (quiet) {
            finish();
            home.lock().close();
        } else {
            // A write under way may still land: the directory stays locked until the process ends.
            LOG.warn("cache {}: the disk does not answer; closed without making all durable", home.directory());
        }
    }

    private void drainFills() {
        long until = System.nanoTime() + PATIENCE_NANOS;
        Signal pause = new Signal();
        while (!engine.fills.isEmpty() && System.nanoTime() < until && engine.health.fills()) {
            if (engine.fills.isPaused() && !background.isRecovering() && !madeRoom()) {
                return; // all that is left is pinned or held
            }
            pause.await(5);
        }
    }

    private boolean madeRoom() {
        try {
            return culler.doWork(64) > 0 || !engine.fills.isPaused();
        } catch (CacheException e) {
            engine.failed(e);
            return false;
        }
    }

    private boolean awaitHolds() {
        long until = System.nanoTime() + PATIENCE_NANOS;
        Signal pause = new Signal();
        while (engine.disk.marks().holds() > 0 || engine.disk.marks().pinnedAndHeld()[1] > 0) {
            if (System.nanoTime() > until) {
                LOG.warn(
                        "cache {}: {} slots are still held",
                        home.directory(),
                        engine.disk.marks().pinnedAndHeld()[1]);
                return false;
            }
            pause.await(5);
        }
        return true;
    }

    private void finish() {
        try {
            engine.writeUnwritten();
            engine.epochs.commit();
            engine.index.store().flush();
            engine.index.store().close();
            engine.disk.data().close();
            home.superblock()
                    .marked(home.superblock().bootId(), true)
                    .withDistrust(engine.health.isDamaged())
                    .write(home.directory());
        } catch (CacheException e) {
            LOG.warn("cache {}: closed uncleanly: {}", home.directory(), e.getMessage());
            if (!engine.unwritten.isEmpty() || engine.epochs.isLossToBeNoted()) {
                engine.onDamage.run();
            }
            engine.index.store().close();
            engine.disk.data().close();
        }
    }
}
