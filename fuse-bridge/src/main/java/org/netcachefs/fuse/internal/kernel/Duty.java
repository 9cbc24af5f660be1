package org.netcachefs.fuse.internal.kernel;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * When a worker receives: the first always, each other one while the one before it can hardly keep up, or is held up. The kernel wakes the worker that has waited longest, so
 * two that both have little to do would take turns, each woken on a processor that knows nothing of the client. Begun and ended by its worker, seen by the next one.
 */
final class Duty {
    /** How often one that rests looks at the one before it, while that has anything to do. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    /** Joins when the one before it serves for so much of its time, in percent; leaves when it does so less itself. */
    private static final int JOINS_AT = 75;

    private static final int LEAVES_AT = 40;

    /** So many requests are enough to judge by. */
    private static final int JUDGED = 128;

    private final @Nullable Duty before;
    private volatile @Nullable Duty next;

    /** Nanoseconds spent serving so far, but for the request being served. */
    private volatile long served;

    /** When the request being served came; 0 while it waits for one. */
    private volatile long servingSince;

    private volatile boolean over;
    /** Rests until it is called: the one before it does nothing. */
    private volatile @Nullable Thread asleep;

    private int requests;
    private long total;
    private long judgedAt = System.nanoTime();
    private long servedThen;

    /** {@code before} is null for the first. */
    Duty(@Nullable Duty before) {
        this.before = before;
        if (before != null) {
            before.next = this;
        }
    }

    /** A request came. */
    void begins() {
        servingSince = System.nanoTime() | 1;
        wakeNext();
    }

    /** It is served, or failed. */
    void ends() {
        total += System.nanoTime() - servingSince;
        served = total;
        servingSince = 0;
    }

    /** No more will be received: whoever rests may go. */
    void over() {
        over = true;
        wakeNext();
    }

    private void wakeNext() {
        Duty other = next;
        Thread sleeper = other == null ? null : other.asleep;
        if (sleeper != null) {
            LockSupport.unpark(sleeper);
        }
    }

    /** Returns when its worker is to receive. */
    void awaitNeed() {
        if (before != null && isIdle()) {
            rest(before);
            judgedAt = System.nanoTime();
            servedThen = total;
        }
    }

    /** Whether it was served too little of late to be worth it. */
    private boolean isIdle() {
        if (++requests % JUDGED != 1) {
            return false;
        }
        long now = System.nanoTime();
        boolean isIdle = (total - servedThen) * 100 < (now - judgedAt) * LEAVES_AT;
        judgedAt = now;
        servedThen = total;
        return isIdle;
    }

    private void rest(Duty watched) {
        long looked = System.nanoTime();
        long then = watched.spent(looked);
        while (!watched.over) {
            LockSupport.parkNanos(LOOK_NANOS);
            long now = System.nanoTime();
            long spent = watched.spent(now);
            if ((spent - then) * 100 >= (now - looked) * JOINS_AT) {
                return;
            }
            if (spent == then) {
                sleep(watched);
            }
            looked = System.nanoTime();
            then = watched.spent(looked);
        }
    }

    private void sleep(Duty watched) {
        asleep = Thread.currentThread();
        while (watched.servingSince == 0 && !watched.over) {
            LockSupport.park(this);
        }
        asleep = null;
    }

    private long spent(long now) {
        long since = servingSince;
        return since == 0 ? served : served + Math.max(0, now - since);
    }
}
