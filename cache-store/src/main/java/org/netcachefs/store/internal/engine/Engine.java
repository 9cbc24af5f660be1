package org.netcachefs.store.internal.engine;

import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.internal.data.BufferPool;
import org.netcachefs.store.internal.index.CookieRow;
import org.netcachefs.store.internal.index.Index;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parts of a running store, wired together. */
final class Engine {
    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
    static final long TIME_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long MAP_BYTES = 32L << 20;
    private static final long READ_BUFFER_BYTES = 16L << 20;

    final Disk disk;
    final Index index;
    final EpochKeeper epochs;
    final Counters counters = new Counters();
    final Calls calls;
    final HealthState health;
    final Versions versions = new Versions();
    final OpenCookies cookies = new OpenCookies();
    final RowLocks rowLocks;
    final RowLocks nodeLocks;
    private final RowLocks treeLocks;
    final MapBudget mapBudget = new MapBudget(MAP_BYTES);
    final Set<Long> pinned = ConcurrentHashMap.newKeySet();
    final BufferPool buffers = new BufferPool(READ_BUFFER_BYTES);
    final Signal culling = new Signal();
    final Signal measuring = new Signal();
    final IndexBudget indexBudget;
    final Ids ids;
    final FlushEpochs flushEpochs;
    final BlockRecords records;
    final BlockMapper mapper;
    final Reader reader;
    final Retirement retirement;
    final AsyncReads asyncReads;
    final FillQueue fills;
    final IoPool io;

    final Unwritten unwritten = new Unwritten();
    final Reader.Scratch scratch = new PooledScratch();

    private final Filler filler;

    /** From the pool of read buffers. */
    private final class PooledScratch implements Reader.Scratch {
        @Override
        public @Nullable ByteBuffer get() {
            return buffers.take(disk.geometry().blockBytes());
        }

        @Override
        public void giveBack(ByteBuffer buffer) {
            buffers.giveBack(buffer);
        }
    }

    /** How much may wait to be filled, how many threads work on it, and what the index may take. */
    record Tuning(long fillQueueBytes, int ioThreads, long indexBytes) {}

    /** Notes on disk that the index must not be believed. Waits for the disk. */
    volatile Runnable onDamage = () -> {};

    /** A lookup met damage; to be noted on disk in the background, as it may have been on any thread. */
    volatile boolean indexDamaged;

    /** Who sees to it that calls return. */
    record Watch(Calls calls, HealthState health) {}

    Engine(Disk disk, Index index, EpochKeeper epochs, Tuning tuning, Watch watch) throws CacheException {
        calls = watch.calls;
        health = watch.health;
        rowLocks = new RowLocks(TIME_LIMIT_NANOS, health::isReachable);
        nodeLocks = new RowLocks(TIME_LIMIT_NANOS, health::isReachable);
        treeLocks = new RowLocks(TIME_LIMIT_NANOS, health::isReachable);
        this.disk = disk;
        this.index = index;
        this.epochs = epochs;
        indexBudget = new IndexBudget(tuning.indexBytes, health);
        index.onWrite(this::wrote);
        ids = new Ids(index);
        flushEpochs = new FlushEpochs(index);
        records = new BlockRecords(index, disk.slots(), epochs, cookies, rowLocks);
        mapper = new BlockMapper(index, records, mapBudget);
        reader = new Reader(disk, new Verifier(disk, index, epochs, this::failed), mapper, this::failed);
        retirement = new Retirement(index, ids, rowLocks, pinned, culling);
        filler = new Filler(disk, index, records, epochs, counters);
        fills = new FillQueue(tuning.fillQueueBytes, counters, this::fill);
        io = new IoPool(tuning.ioThreads, disk.geometry().blockBytes(), fills);
        asyncReads = new AsyncReads(reader, buffers, TIME_LIMIT_NANOS);
        asyncReads.startOn(io);
        epochs.onLoss(this::forgetMaps);
    }

    /** Records were lost: whatever was mapped by what was known before is looked up anew. */
    private void forgetMaps() {
        rowLocks.awaitHolders(); // publications under way have come into the maps
        cookies.all().forEach(cookie -> cookie.state().forget());
    }

    private void wrote(long bytes) {
        if (indexBudget.writes(bytes)) {
            measuring.raise();
        }
    }

    private Fill.Outcome fill(Fill fill, ByteBuffer scratch) {
        Fill.Outcome outcome = Fill.Outcome.FAILED;
        try {
            if (health.fills() && fill.id != 0) {
                outcome = indexBudget.hasRoom() ? filler.fill(fill, scratch) : Fill.Outcome.NO_ROOM;
            }
        } catch (CacheException e) {
            failed(e);
        }
        mapBudget.enforce();
        if (outcome == Fill.Outcome.NO_ROOM || disk.slots().isBelowCull()) {
            culling.raise();
        }
        return outcome;
    }

    /** Locks names and flush epochs of a volume's nodes for changing. */
    ReentrantLock lockTree(long volume) throws CacheException {
        return treeLocks.lock(volume);
    }

    /** An id for a cookie whose old one must end now, whatever the index says; nothing is cached under 0. */
    long newIdOrZero() {
        try {
            return ids.next();
        } catch (CacheException e) {
            failed(e);
            return 0;
        }
    }

    void retire(long node, long old, CookieRow next) throws CacheException {
        try {
            retirement.retire(node, old, next);
        } catch (CacheException e) {
            if (old != 0) {
                unwritten.add(new Unwritten.Ended(node, old));
                health.degrade("index: an invalidation could not be written: " + e.getMessage());
            }
            throw e;
        }
    }

    /** Ends in the index what ended while it could not be written; at the first failure the rest stays. */
    void writeUnwritten() throws CacheException {
        for (Unwritten.Ended ended = unwritten.first(); ended != null; ended = unwritten.first()) {
            ReentrantLock lock = nodeLocks.lock(ended.node());
            try {
                retirement.retireLate(ended.node(), ended.id(), flushEpochs.stamp());
                unwritten.written(ended);
            } finally {
                lock.unlock();
            }
        }
    }

    /** Counts a failure of the cache that its caller gets over. */
    void failed(CacheException e) {
        switch (e.reason()) {
            case IO, FULL -> {
                counters.ioErrors.increment();
                health.degrade(String.valueOf(e.getMessage()));
            }
            case DAMAGED -> {
                counters.indexErrors.increment();
                health.damaged(e.getMessage() + "; the index is dropped when the cache is opened next");
                indexDamaged = true;
            }
            case TIMEOUT, OFFLINE -> LOG.debug("cache: {}", e.getMessage());
            default -> counters.indexErrors.increment();
        }
    }

    /** Cookies with blocks past their valid end, to be freed in the background; each kept open by a pending fill. */
    final ConcurrentLinkedQueue<OpenCookie> trims = new ConcurrentLinkedQueue<>();

    /** There may be room for fills again. */
    void roomMade() {
        if (indexBudget.hasRoom() && fills.resume()) {
            io.wakeAll();
        }
    }
}
