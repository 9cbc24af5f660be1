package org.netcachefs.fuse.internal.protocol;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks that may wait for as long as the node they are about, those of one node one after the other: a node whose tasks wait takes one thread, and so many may
 * that others go on. Thread-safe.
 */
final class NotifierThreads {
    private static final int MOST = 256;

    /** It wakes an idle thread before it starts another, and ends those idle for a second. */
    private final ForkJoinPool threads = new ForkJoinPool(
            MOST,
            pool -> {
                var thread = ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(pool);
                thread.setName("fuse-notifier-" + thread.getPoolIndex());
                return thread;
            },
            null,
            true,
            0,
            MOST,
            0,
            pool -> true,
            1,
            TimeUnit.SECONDS);

    /** What waits for the task under way, by node. */
    @GuardedBy("this")
    private final Map<Long, Queue<Runnable>> nodes = new HashMap<>();

    /** Throws {@code RejectedExecutionException} after {@link #end}, unless a task of the node is under way. */
    synchronized void run(long node, Runnable task) {
        Queue<Runnable> waiting = nodes.get(node);
        if (waiting == null) {
            threads.execute(() -> runAll(node, task));
            nodes.put(node, new ArrayDeque<>()); // before it looks for the next one
        } else {
            waiting.add(task);
        }
    }

    private void runAll(long node, Runnable first) {
        for (Runnable task = first; task != null; task = next(node)) {
            task.run();
        }
    }

    private synchronized @Nullable Runnable next(long node) {
        Queue<Runnable> waiting = nodes.get(node);
        Runnable next = waiting == null ? null : waiting.poll();
        if (next == null) {
            nodes.remove(node);
        }
        return next;
    }

    /** No more tasks are taken; those that were end. */
    void end() {
        threads.shutdown();
    }
}
