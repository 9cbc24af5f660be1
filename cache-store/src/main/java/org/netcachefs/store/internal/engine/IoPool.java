package org.netcachefs.store.internal.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store's own threads for what waits for its disk: reads and small repairs first, fills second, and never all threads
 * on fills (if there are several). Each has a buffer of one block. Thread-safe.
 */
final class IoPool implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(IoPool.class);

    /** A task; {@code scratch} is a direct buffer of one block, its own until it returns. */
    interface Task {
        void run(ByteBuffer scratch);
    }

    private static final int PAGE = 4096;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Thread> threads = new ArrayList<>();
    private final FillQueue fills;
    private final int mostFilling;

    @GuardedBy("lock")
    private final Deque<Task> tasks = new ArrayDeque<>();

    @GuardedBy("lock")
    private int filling;

    @GuardedBy("lock")
    private int busy;

    @GuardedBy("lock")
    private boolean closing;

    IoPool(int count, int blockBytes, FillQueue fills) {
        this.fills = fills;
        mostFilling = Math.max(1, count - 1);
        for (int i = 0; i < count; i++) {
            ByteBuffer scratch = aligned(blockBytes);
            threads.add(new StoreThread("io-" + i, () -> work(scratch)));
        }
    }

    /** At a page's beginning: what is written from it may go past the page cache. */
    private static ByteBuffer aligned(int bytes) {
        return ByteBuffer.allocateDirect(bytes + PAGE).alignedSlice(PAGE).slice(0, bytes);
    }

    void start() {
        threads.forEach(Thread::start);
    }

    /** Runs {@code task} soon; false if the pool is closed. */
    boolean submit(Task task) {
        lock.lock();
        try {
            if (closing) {
                return false;
            }
            tasks.add(task);
            changed.signal();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** There may be a fill to work on. */
    void wake() {
        lock.lock();
        try {
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** There may be several. */
    void wakeAll() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void work(ByteBuffer scratch) {
        for (Task task = next(); task != null; task = next()) {
            try {
                task.run(scratch.clear());
            } catch (RuntimeException e) {
                LOG.error("store: a task failed unexpectedly", e);
            } finally {
                ended(task);
            }
        }
    }

    private @Nullable Task next() {
        lock.lock();
        try {
            while (true) {
                Task task = tasks.poll();
                if (task == null && filling < mostFilling) {
                    task = fills.next();
                    filling += task == null ? 0 : 1;
                }
                if (task != null) {
                    busy++;
                    return task;
                }
                if (closing) {
                    return null;
                }
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    private void ended(Task task) {
        lock.lock();
        try {
            busy--;
            if (task instanceof FillQueue.FillTask && filling-- == mostFilling) {
                changed.signal(); // a thread may wait for that only; this one may take another task first
            }
        } finally {
            lock.unlock();
        }
    }

    int busy() {
        lock.lock();
        try {
            return busy;
        } finally {
            lock.unlock();
        }
    }

    /** Runs what was submitted, then ends the threads; waits for them at most {@code seconds}. */
    boolean close(int seconds) {
        lock.lock();
        try {
            closing = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        return threads.stream().allMatch(thread -> join(thread, until));
    }

    private static boolean join(Thread thread, long until) {
        try {
            long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
            thread.join(Math.max(1, left));
        } catch (InterruptedException e) {
            return !thread.isAlive();
        }
        return !thread.isAlive();
    }

    @Override
    public void close() {
        close(10);
    }
}
