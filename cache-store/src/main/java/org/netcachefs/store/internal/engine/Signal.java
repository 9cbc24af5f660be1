package org.netcachefs.store.internal.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Raised by whoever has work for one waiting thread; stays raised until that thread has seen it. Thread-safe. */
final class Signal {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    @GuardedBy("lock")
    private boolean raised;

    void raise() {
        lock.lock();
        try {
            raised = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until it is raised, at most {@code limit}, and lowers it; whether it was. */
    boolean await(Duration limit) {
        lock.lock();
        try {
            long left = limit.toNanos();
            while (!raised && left > 0) {
                left = changed.awaitNanos(left);
            }
            boolean was = raised;
            raised = false;
            return was;
        } catch (InterruptedException e) {
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** As {@link #await} in milliseconds. */
    boolean await(long millis) {
        return await(Duration.ofNanos(TimeUnit.MILLISECONDS.toNanos(millis)));
    }
}
