package org.netcachefs.fuse.internal.kernel;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.TimeUnit;

/**
 * Whether few workers or all of them had better receive what is quickly served. Which way serves more in the same time depends on what waking a thread
 * costs here and on which processor the kernel then puts it, so both are tried: most of the time the one that was better of late, now and then the other
 * (an epsilon-greedy bandit: Sutton and Barto, Reinforcement Learning, 2nd ed., section 2.2). Thread-safe.
 */
final class FewOrAll {
    /** Some hundred requests. */
    private static final long TRIAL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    /** Of a trial that lasted as many times as long somebody slept for most. */
    private static final int LONGEST = 10;

    /** Of one way in a row, at least: with the same load one trial differs much from the next. */
    static final int LEAST = 8;

    /** Of one way in a row, before the other is tried. */
    static final int MOST = 256;

    /** Few leave more of the processors to who asks, so all have to be better by this factor. */
    private static final double MARGIN = 1.03;

    private final long trialNanos;
    private final Way few = new Way();
    private final Way all = new Way();

    @GuardedBy("this")
    private Way now = few;

    @GuardedBy("this")
    private int trials;

    /** The trial under way tells nothing, as something else was served too; or none is. */
    private volatile boolean isVoid = true;

    @GuardedBy("this")
    private long began;

    @GuardedBy("this")
    private long servedBefore;

    /** Requests served in a nanosecond, a moving average. */
    private static final class Way {
        private double rate;
        private int measured;

        void add(double now) {
            measured = Math.min(LEAST, measured + 1);
            rate += (now - rate) / measured;
        }

        boolean isUnknown() {
            return measured == 0;
        }
    }

    FewOrAll() {
        this(TRIAL_NANOS);
    }

    /** A trial lasts at least so many nanoseconds. */
    FewOrAll(long trialNanos) {
        this.trialNanos = trialNanos;
    }

    /** Which way to go from now on, a nanosecond of {@link System#nanoTime}; {@code served} is how many requests were served so far. True: few. */
    synchronized boolean isFew(long time, long served) {
        long took = time - began;
        boolean isOver = took >= trialNanos;
        if (isOver && !isVoid && took / trialNanos < LONGEST) {
            now.add((double) (served - servedBefore) / took);
            trials++;
            choose();
        }
        if (isOver || isVoid) {
            isVoid = false;
            began = time;
            servedBefore = served;
        }
        return now == few;
    }

    @GuardedBy("this")
    private void choose() {
        Way other = now == few ? all : few;
        boolean isOtherBetter = now == few ? all.rate > MARGIN * few.rate : MARGIN * few.rate >= all.rate;
        boolean isDue = trials >= MOST || other.isUnknown();
        if (trials >= LEAST && (isOtherBetter || isDue)) {
            now = other;
            trials = 0;
        }
    }

    /** Something was served that is not quick: what is measured just now tells nothing. */
    void otherwise() {
        if (!isVoid) {
            isVoid = true;
        }
    }
}
