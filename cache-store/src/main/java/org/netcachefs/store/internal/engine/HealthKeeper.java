package org.netcachefs.store.internal.engine;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.internal.data.DataFile;
import org.netcachefs.store.internal.data.Errnos;
import org.netcachefs.store.internal.data.Native;
import org.netcachefs.store.internal.data.Place;
import org.netcachefs.store.internal.index.Batch;
import org.netcachefs.store.internal.index.Index;
import org.netcachefs.store.internal.index.IndexStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the store's circuit when a call does not return, and finds out, on a thread of its own, when all is well again. */
final class HealthKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(HealthKeeper.class);
    private static final long PROBE_MILLIS = 500;

    private final Engine engine;
    private final IndexStore index;
    private final Signal wake = new Signal();
    private final StoreThread thread = new StoreThread("probe", this::probes);
    private final ByteBuffer sector;
    private volatile boolean stopped;

    /** {@code index}: unwatched, to be probed while the circuit is open. */
    HealthKeeper(Engine engine, IndexStore index) {
        this.engine = engine;
        this.index = index;
        sector = ByteBuffer.allocateDirect(engine.disk.geometry().sectorBytes());
    }

    void start() {
        thread.start();
    }

    /** To be called every {@link Calls#TICK_MILLIS}. */
    void watch() {
        engine.calls.tick();
        long hung = engine.calls.hungMillis();
        if (hung > 0 && engine.health.isReachable()) {
            engine.counters.ioErrors.increment();
            engine.health.lost("the cache disk has not answered for " + hung + " ms");
        }
        if (engine.health.needsProbe()) {
            wake.raise();
        }
    }

    private void probes() {
        Signal pause = new Signal();
        while (!stopped) {
            wake.await(TimeUnit.MINUTES.toMillis(1));
            if (stopped || !engine.health.needsProbe() || engine.calls.hungMillis() > 0) {
                continue;
            }
            try {
                probe();
            } catch (CacheException e) {
                LOG.debug("cache probe: {}", e.getMessage());
                engine.health.degrade(String.valueOf(e.getMessage()));
                pause.await(PROBE_MILLIS);
            }
        }
    }

    private void probe() throws CacheException {
        probeData();
        int call = engine.calls.begin();
        try {
            probeIndex();
        } finally {
            engine.calls.end(call);
        }
        engine.health.reached();
        engine.writeUnwritten();
        engine.epochs.noteLoss();
        engine.records.decideDoubts();
        engine.health.recovered();
        if (!engine.unwritten.isEmpty()) {
            engine.health.degrade("index: an invalidation is still to be written"); // it came meanwhile
            return;
        }
        LOG.info("the cache disk answers again");
        engine.roomMade();
    }

    private void probeData() throws CacheException {
        DataFile data = engine.disk.data();
        List<Place> places = engine.disk.slots().takeSectors(1);
        try {
            for (Place place : places) {
                long position = engine.disk.position(place.slot(), Long.numberOfTrailingZeros(place.mask()));
                require(data.write(position, Native.address(sector), sector.capacity()));
                require(data.read(position, Native.address(sector), sector.capacity()));
            }
        } finally {
            places.forEach(place -> engine.disk.slots().giveBack(place.slot(), place.mask()));
        }
        if (places.isEmpty()) {
            require(data.read(0, Native.address(sector), sector.capacity()));
        }
        engine.epochs.sync();
    }

    private void require(int moved) throws CacheException {
        if (moved != sector.capacity()) {
            throw failure(moved < 0 ? -moved : Native.ENOSPC);
        }
    }

    private static CacheException failure(int errno) {
        return new CacheException(Errnos.reason(errno), "data: " + Errnos.text(errno));
    }

    private void probeIndex() throws CacheException {
        Batch batch = new Batch();
        Index.putCounter(batch, Index.Counter.PROBES, System.nanoTime());
        try {
            index.write(batch);
            index.sync();
        } catch (CacheException e) {
            index.recover();
            index.write(batch);
            index.sync();
        }
    }

    /** Whether the thread has ended in time. */
    boolean stop() {
        stopped = true;
        wake.raise();
        return Background.ended(thread);
    }
}
