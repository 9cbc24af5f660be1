package org.netcachefs.store.internal.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Fills waiting for the I/O threads, bounded in bytes. Paused while the free map is rebuilt or there is no room. Thread-safe. */
final class FillQueue {
    /** What works on a fill; the fill comes back to the queue if there was no room for it. */
    interface Work {
        Fill.Outcome on(Fill fill, ByteBuffer scratch);
    }

    private final long boundBytes;
    private final Counters counters;
    private final Work work;

    @GuardedBy("this")
    private final Deque<Fill> waiting = new ArrayDeque<>();

    @GuardedBy("this")
    private long pendingBytes;

    /** Fills queued or being worked on, by generation. */
    @GuardedBy("this")
    private final TreeMap<Long, Integer> pending = new TreeMap<>();

    @GuardedBy("this")
    private final TreeMap<Long, CompletableFuture<Void>> drains = new TreeMap<>();

    @GuardedBy("this")
    private long generation;

    @GuardedBy("this")
    private boolean paused = true;

    /** How often. */
    @GuardedBy("this")
    private long roomMade;

    @GuardedBy("this")
    private boolean closed;

    FillQueue(long boundBytes, Counters counters, Work work) {
        this.boundBytes = boundBytes;
        this.counters = counters;
        this.work = work;
    }

    /** Whether it was queued; if not it was dropped, counted and released. */
    boolean offer(Fill fill) {
        synchronized (this) {
            if (!closed && pendingBytes + fill.length() <= boundBytes) {
                fill.generation = generation;
                pending.merge(generation, 1, Integer::sum);
                pendingBytes += fill.length();
                waiting.add(fill);
                return true;
            }
        }
        drop(fill);
        return false;
    }

    /** Counts and releases a fill that is not in the queue. */
    void drop(Fill fill) {
        counters.droppedBytes.add(fill.length());
        fill.release();
    }

    /** The next fill as a task, or null. */
    synchronized @Nullable FillTask next() {
        Fill fill = paused ? null : waiting.poll();
        if (fill == null) {
            return null;
        }
        fill.roomSeen = roomMade;
        return new FillTask(fill);
    }

    /** Works on one fill. */
    final class FillTask implements IoPool.Task {
        private final Fill fill;

        FillTask(Fill fill) {
            this.fill = fill;
        }

        @Override
        public void run(ByteBuffer scratch) {
            Fill.Outcome outcome = Fill.Outcome.FAILED;
            try {
                outcome = work.on(fill, scratch);
            } finally {
                if (outcome != Fill.Outcome.NO_ROOM || !putBack(fill)) {
                    ended(fill, outcome);
                }
            }
        }
    }

    private synchronized boolean putBack(Fill fill) {
        if (closed) {
            return false;
        }
        waiting.addFirst(fill);
        paused = fill.roomSeen == roomMade;
        return true;
    }

    private void ended(Fill fill, Fill.Outcome outcome) {
        if (outcome == Fill.Outcome.DONE) {
            fill.release();
        } else {
            drop(fill);
        }
        List<CompletableFuture<Void>> done;
        synchronized (this) {
            pendingBytes -= fill.length();
            pending.computeIfPresent(fill.generation, (key, count) -> count == 1 ? null : count - 1);
            done = endedDrains();
        }
        done.forEach(drain -> drain.complete(null));
    }

    @GuardedBy("this")
    private List<CompletableFuture<Void>> endedDrains() {
        List<CompletableFuture<Void>> done = new ArrayList<>();
        while (!drains.isEmpty() && (pending.isEmpty() || pending.firstKey() > drains.firstKey())) {
            done.add(drains.pollFirstEntry().getValue());
        }
        return done;
    }

    /** Completes when every fill queued so far has ended. */
    CompletableFuture<Void> drain() {
        synchronized (this) {
            if (!pending.isEmpty()) {
                CompletableFuture<Void> drain = new CompletableFuture<>();
                drains.put(generation, drain);
                generation++;
                return drain;
            }
        }
        return CompletableFuture.completedFuture(null);
    }

    /** There may be room now, also for fills being worked on that found none; whether the queue was paused. */
    synchronized boolean resume() {
        boolean was = paused;
        roomMade++;
        paused = false;
        return was;
    }

    synchronized boolean isPaused() {
        return paused;
    }

    synchronized long pendingBytes() {
        return pendingBytes;
    }

    synchronized boolean isEmpty() {
        return pending.isEmpty();
    }

    /** Drops all that wait: the cache does not fill now. */
    void dropWaiting() {
        List<Fill> dropped;
        synchronized (this) {
            dropped = new ArrayList<>(waiting);
            waiting.clear();
        }
        dropped.forEach(fill -> ended(fill, Fill.Outcome.FAILED));
    }

    /** Takes no more. */
    synchronized void close() {
        closed = true;
    }
}
