package org.netcachefs.fuse.internal.kernel;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Whether few workers or all of them had better receive what is quickly served. Which way serves more in the same time depends on what waking a thread
 * costs here and on which processor the kernel then puts it, so they are compared now and then: the better way is in use, and for up to half a second the other one
 * (a two-armed bandit that explores at fixed times: Sutton and Barto, Reinforcement Learning, 2nd ed., chapter 2). Only what was measured one right after the
 * other is compared, as how fast the machine is, and how much is asked for, changes all the time. Thread-safe.
 */
final class FewOrAll {
    /**
     * Of a trial, at least. By how busy a thread was the scheduler places it, and takes about 32 ms to forget half of that (PELT): trials of a few milliseconds
     * tell what the other way left behind.
     */
    static final long TRIAL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** One part in so many that is not quick says nothing of the others. */
    private static final int HARMLESS = 32;

    /** A trial that took so many times as long says nothing: the workers mostly slept. */
    private static final int LONGEST = 20;

    /** Trials of either way that are compared: one differs much from the next. */
    static final int COMPARED = 8;

    /** Of these so many are enough where the other way was clearly worse before, and is so still. */
    private static final int CONFIRMING = 3;

    /** Trials of a way before those, until all workers are in it. */
    static final int SETTLING = 3;

    /** Trials from one comparison to the next, at most: twice as many each time that says little and gives no reason for doubt, ... */
    static final int MOST = 128;

    /** ... until trying the other way costs no more than this part of what the better one serves, ... */
    private static final double PRICE = 0.015;

    /** ... and not more than so many where both serve as much: another load, for which they do not, is to be found out soon. */
    private static final int ENOUGH = 16;

    /** Comparisons that count, about. */
    private static final int REMEMBERED = 4;

    /** Few have to be better by 5 %: where comparisons found no difference, all served a quarter more in the long run (docs/design/0008). */
    private static final double MARGIN = Math.log(0.95);

    /** The other way serving a quarter more, if only once, is to be looked into soon; as much less, twice as late as otherwise. */
    private static final double CLEAR = Math.log(1.25);

    private final long trialNanos;

    @GuardedBy("this")
    private boolean isFewBetter = true;

    /** The other way is in use just now. */
    @GuardedBy("this")
    private boolean isComparing;

    /** Trials until the other way is in use, or the better one again. */
    @GuardedBy("this")
    private int left = COMPARED;

    @GuardedBy("this")
    private int between = COMPARED;

    /** Trials since the last turn that said nothing. */
    @GuardedBy("this")
    private int wasted;

    /** What was served in a nanosecond in the last trials of the way in use. */
    @GuardedBy("this")
    private final double[] rates = new double[COMPARED];

    /** What was served in a nanosecond on the better way, right before the other was in use. */
    @GuardedBy("this")
    private double rate;

    /** The logarithm of how many times as much all serve, a moving average. */
    @GuardedBy("this")
    private double gainOfAll;

    @GuardedBy("this")
    private int comparisons;

    /** What was not quick in the trial under way. */
    private final AtomicLong disturbances = new AtomicLong();

    /** The trial under way says nothing. */
    private volatile boolean isVoid;

    @GuardedBy("this")
    private boolean isUnderWay;

    @GuardedBy("this")
    private long began;

    @GuardedBy("this")
    private long servedBefore;

    /** A trial lasts at least so many nanoseconds. */
    FewOrAll(long trialNanos) {
        this.trialNanos = trialNanos;
    }

    /**
     * Which way to go from now on. {@code time} is what {@link System#nanoTime} says, {@code served} how much was served so far. True: few. To be
     * asked again and again while nothing but what is quickly served is.
     */
    synchronized boolean isFew(long time, long served) {
        boolean wasVoid = isVoid;
        isVoid = false;
        long took = time - began;
        boolean ends = wasVoid || took >= trialNanos;
        if (isUnderWay && ends) {
            end(took, served - servedBefore, wasVoid);
        } else if (!isUnderWay && took / trialNanos >= LONGEST) {
            beginAnew();
        }
        if (!isUnderWay || ends) {
            began = time;
            servedBefore = served;
            disturbances.set(0);
            isUnderWay = true;
        }
        return isFewBetter != isComparing;
    }

    /** It is a while ago that this was served: how fast the machine was then says nothing of now. */
    @GuardedBy("this")
    private void beginAnew() {
        isComparing = false;
        left = Math.max(left, SETTLING + COMPARED);
        wasted = 0;
    }

    @GuardedBy("this")
    private void end(long took, long served, boolean wasVoid) {
        boolean isQuick = disturbances.get() <= served / HARMLESS;
        if (!wasVoid && isQuick && took / trialNanos < LONGEST && served > 0) {
            tried(served, took);
        } else {
            wasted();
        }
    }

    /** Something else is served until it is asked again: the trial under way is as if it had not been. */
    synchronized void leave() {
        isUnderWay = false;
    }

    @GuardedBy("this")
    private void tried(long served, long took) {
        left--;
        rates[left % COMPARED] = (double) served / took;
        if (isConfirmed()) {
            turnBack(Math.min(2 * between, enough()));
        } else if (left == 0) {
            turn();
        }
    }

    /** The other way is being compared, and worse again: whoever asks need not wait for the rest. */
    @GuardedBy("this")
    private boolean isConfirmed() {
        return isComparing && left == COMPARED - CONFIRMING && isClear() && bestOfFirst() < rate * Math.exp(-CLEAR / 2);
    }

    /** One way serves clearly more, by the last comparisons. */
    @GuardedBy("this")
    private boolean isClear() {
        return Math.abs(gainOfAll) > CLEAR;
    }

    /** The highest rate of the first trials that are compared. */
    @GuardedBy("this")
    private double bestOfFirst() {
        return Arrays.stream(rates, COMPARED - CONFIRMING, COMPARED).max().orElseThrow();
    }

    /** The other way cannot be measured: little is asked for, or much that is not quick. */
    @GuardedBy("this")
    private void wasted() {
        wasted++;
        if (isComparing && wasted == COMPARED) {
            turnBack(Math.min(2 * between, MOST));
        }
    }

    @GuardedBy("this")
    private void turn() {
        double measured = averageRate();
        if (isComparing) {
            compare(measured);
        } else {
            rate = measured;
            go(true, COMPARED);
        }
    }

    /** Of the faster half: the host takes a virtual machine's processors away for a tenth of a second or two at times, which says nothing of the way in use. */
    @GuardedBy("this")
    private double averageRate() {
        Arrays.sort(rates);
        return Arrays.stream(rates, COMPARED / 2, COMPARED).average().orElseThrow();
    }

    /** Finds which way is better, and when that is to be compared again. */
    @GuardedBy("this")
    private void compare(double otherRate) {
        double gain = Math.log(otherRate / rate);
        comparisons = Math.min(comparisons + 1, REMEMBERED);
        gainOfAll += ((isFewBetter ? gain : -gain) - gainOfAll) / comparisons;
        boolean wasFewBetter = isFewBetter;
        isFewBetter = gainOfAll <= MARGIN;
        boolean isInDoubt = isFewBetter != wasFewBetter || gain > CLEAR;
        int most = (gain < -CLEAR && isClear() ? 4 : 2) * between;
        turnBack(isInDoubt ? COMPARED : Math.min(most, enough()));
    }

    @GuardedBy("this")
    private void turnBack(int next) {
        between = next;
        go(false, next);
    }

    /** Trials from one comparison to the next that make it cost its price, if none is ended early. */
    @GuardedBy("this")
    private int enough() {
        int tried = SETTLING + COMPARED;
        double trials = tried * Math.abs(gainOfAll) / PRICE - tried - SETTLING;
        return (int) Math.max(ENOUGH, Math.min(MOST, trials));
    }

    @GuardedBy("this")
    private void go(boolean comparing, int trials) {
        isComparing = comparing;
        left = SETTLING + trials;
        wasted = 0;
    }

    /** So much is served that is not quick, or by another thread. */
    void disturb(int work) {
        disturbances.addAndGet(work);
    }

    /** What is measured just now says nothing. */
    void giveUp() {
        isVoid = true;
    }
}
