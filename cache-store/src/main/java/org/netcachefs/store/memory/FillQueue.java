package org.netcachefs.store.memory;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.netcachefs.store.BlockGeometry;
import org.netcachefs.store.ByteRange;
import org.netcachefs.store.CacheStatistics;

/**
 * Fills in the order in which they came; the first waits where it needs a slot and none is given out. Thread-safe. Bytes are
 * given back without the cache's lock.
 */
final class FillQueue {
    /** The bytes that may wait; what comes on top of them is dropped. */
    static final long BOUND_BYTES = 64L << 20;

    // Dependencies
    private final Object lock;
    private final BlockGeometry geometry;
    private final Executor executor;

    // Mutable
    @GuardedBy("lock")
    private final Deque<Fill> queue = new ArrayDeque<>();

    @GuardedBy("lock")
    private final Set<Fill> unfinished = new HashSet<>();

    @GuardedBy("lock")
    private boolean open;

    @GuardedBy("lock")
    private long pendingBytes;

    @GuardedBy("lock")
    private long publishedBytes;

    @GuardedBy("lock")
    private long droppedBytes;

    FillQueue(Object lock, BlockGeometry geometry, Executor executor) {
        this.lock = lock;
        this.geometry = geometry;
        this.executor = executor;
        this.open = true;
    }

    boolean add(Fill fill) {
        boolean queued;
        synchronized (lock) {
            queued = open && pendingBytes + fill.range().length() <= BOUND_BYTES;
            if (queued) {
                queue.add(fill);
                unfinished.add(fill);
                pendingBytes += fill.range().length();
            } else {
                droppedBytes += fill.range().length();
            }
        }
        if (queued) {
            pump();
        } else {
            fill.finish();
        }
        return queued;
    }

    /** Goes on with what waits, after something changed that it may have waited for. */
    void pump() {
        boolean any;
        synchronized (lock) {
            any = !queue.isEmpty();
        }
        if (any) {
            executor.execute(this::work);
        }
    }

    private void work() {
        for (Fill done = next(); done != null; done = next()) {
            done.finish();
            synchronized (lock) {
                unfinished.remove(done);
            }
        }
    }

    private @Nullable Fill next() {
        synchronized (lock) {
            Fill fill = queue.peek();
            if (fill == null || !settle(fill)) {
                return null;
            }
            queue.remove();
            pendingBytes -= fill.range().length();
            lock.notifyAll(); // the culler may be due
            return fill;
        }
    }

    /** Publishes or drops; false: it has to wait for a slot. */
    @GuardedBy("lock")
    private boolean settle(Fill fill) {
        for (ByteRange rest = fill.range(); !rest.isEmpty(); ) {
            long block = geometry.blockOf(rest.start());
            ByteRange here = rest.until(geometry.blockStart(block + 1));
            if (fill.content().holds(fill.ticket(), here)) {
                if (!fill.content().publish(fill, block)) {
                    return false;
                }
                publishedBytes += here.length();
            }
            rest = rest.from(here.end());
        }
        return true;
    }

    CompletionStage<Void> drain() {
        synchronized (lock) {
            return CompletableFuture.allOf(
                    unfinished.stream().map(Fill::finished).toArray(CompletableFuture[]::new));
        }
    }

    /** Publishes what can be, drops the rest, and takes nothing more; on return all bytes were given back. */
    void close() {
        List<Fill> rest;
        synchronized (lock) {
            open = false;
        }
        work();
        synchronized (lock) {
            rest = new ArrayList<>(queue);
            queue.clear();
            droppedBytes += pendingBytes;
            pendingBytes = 0;
        }
        rest.forEach(Fill::finish);
        drain().toCompletableFuture().join();
    }

    CacheStatistics.Fills counters() {
        synchronized (lock) {
            return new CacheStatistics.Fills(publishedBytes, pendingBytes, droppedBytes);
        }
    }
}
