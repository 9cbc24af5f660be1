package org.netcachefs.fuse.internal.kernel;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Workers that leave requests which are quickly served to a few others, where more would wake each other, and take the processors from who asks.
 * Each looks now and then whether the others get on. Thread-safe.
 */
final class Resting {
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final Receiving receiving;
    private final int few;
    private final LongSupplier work;
    private final FewOrAllByKind choice;

    @GuardedBy("this")
    private final Deque<Thread> threads = new ArrayDeque<>();

    private volatile boolean anybody;

    /** At least {@code few} go on; {@code work} is what all workers have served so far, whose speed {@code choice} compares. */
    Resting(Receiving receiving, int few, LongSupplier work, FewOrAllByKind choice) {
        this.receiving = receiving;
        this.few = few;
        this.work = work;
        this.choice = choice;
    }

    /** No more receive than can do without those that rest. */
    boolean fewReceive() {
        return receiving.count() <= few;
    }

    /**
     * The calling worker rests, if enough others receive, until it is called, more is served with it, or the others serve nothing any more: they are
     * idle, or held up. True: it receives; false: the session is over.
     */
    boolean rest() {
        long before = work.getAsLong();
        if (!isFewBetter() || !receiving.leave(few)) {
            return true;
        }
        Thread self = Thread.currentThread();
        lieDown(self);
        boolean goesOn = true;
        while (goesOn && pause(self)) {
            long now = work.getAsLong();
            goesOn = isProgress(before, now) && isFewBetter();
            before = now;
        }
        return getUp(self);
    }

    /** Where there is none, that says nothing of how fast those are that receive. */
    private boolean isProgress(long workBefore, long workNow) {
        boolean isProgress = workNow != workBefore;
        if (!isProgress) {
            choice.giveUp();
        }
        return isProgress;
    }

    private boolean isFewBetter() {
        return choice.isFew(System.nanoTime());
    }

    private synchronized void lieDown(Thread self) {
        threads.push(self);
        anybody = true;
    }

    /** All that rest look as often together as one would alone. False: it was called. */
    private boolean pause(Thread self) {
        LockSupport.parkNanos(this, LOOK_NANOS * size());
        return isResting(self);
    }

    /** How many rest. */
    synchronized int size() {
        return threads.size();
    }

    private synchronized boolean isResting(Thread self) {
        return threads.contains(self);
    }

    /** Who called has counted it. */
    private synchronized boolean getUp(Thread self) {
        boolean called = !threads.remove(self);
        anybody = !threads.isEmpty();
        return called ? !receiving.isOver() : receiving.join(Integer.MAX_VALUE);
    }

    /** So much is served that is not quick, or by another thread: from much of it nothing is to be learned of how fast the others are. */
    void disturb(int work) {
        choice.disturb(work);
    }

    /** Something may be served that is not quick: one of those that rest, if any, receives from now on. */
    void call() {
        LockSupport.unpark(anybody ? calledOne() : null);
    }

    private synchronized @Nullable Thread calledOne() {
        Thread one = threads.poll();
        anybody = !threads.isEmpty();
        boolean ignored = one != null && receiving.join(Integer.MAX_VALUE);
        return one;
    }

    /** The session is over: nobody rests any more. */
    synchronized void end() {
        threads.forEach(LockSupport::unpark);
        threads.clear();
        anybody = false;
    }
}
