package org.netcachefs.store.memory;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.netcachefs.store.BlockGeometry;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.CoherencyData;
import org.netcachefs.store.Watermarks;

/** What the parts of one cache share. {@link #lock} guards all of it but the executor, and is held for microseconds. */
final class Core {
    final Object lock = new Object();
    final BlockGeometry geometry;
    final Executor executor;
    final Space space;
    final FillQueue fills;

    /** Whether there is no room by design, so that a refused fill is no loss. */
    final boolean bypass;

    private final AtomicLong moves = new AtomicLong();
    private final AtomicLong openCookies = new AtomicLong();
    private volatile boolean closed;

    Core(BlockGeometry geometry, long capacityBytes, Watermarks marks, Executor executor) {
        this.geometry = geometry;
        this.executor = executor;
        this.bypass = capacityBytes == 0;
        this.space = new Space(geometry, capacityBytes, marks);
        this.fills = new FillQueue(lock, geometry, executor);
    }

    Content newContent(CoherencyData coherency) {
        return new Content(geometry, space, moves, coherency);
    }

    /** After slots became free or fills stale: lets fills that wait go on. Not under the lock. */
    void changed() {
        fills.pump();
    }

    void cookieOpened() {
        openCookies.incrementAndGet();
    }

    void cookieClosed() {
        openCookies.decrementAndGet();
    }

    long openCookies() {
        return openCookies.get();
    }

    void checkOpen() throws CacheException {
        if (closed) {
            throw new CacheException(CacheException.Reason.OFFLINE, "the cache is closed");
        }
    }

    boolean isClosed() {
        return closed;
    }

    void close() {
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
        }
        fills.close();
    }
}
