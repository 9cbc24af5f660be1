package org.netcachefs.fuse.internal.kernel;

/**
 * Which of two ways serves more of one kind of load, few workers or all: the better one is in use, and for a moment the other one (a two-armed bandit
 * that explores at fixed times: Sutton and Barto, Reinforcement Learning, 2nd ed., chapter 2). Only what was measured one right after the other is
 * compared, as how fast the machine is, and how much is asked for, changes all the time. Not thread-safe.
 */
final class Comparison {
    /** Trials of either way that are compared: one differs much from the next. */
    static final int COMPARED = 8;

    /** Trials of a way before those, until all workers are in it. */
    static final int SETTLING = 3;

    /** Trials from one comparison to the next, at most: twice as many each time that gives no reason for doubt. */
    static final int MOST = 128;

    /** Comparisons that count, about. */
    private static final int REMEMBERED = 4;

    /** Few leave more of the processors to who asks, so all have to be better by 3 %. */
    private static final double MARGIN = Math.log(1.03);

    /** The other way serving a quarter more, if only once, is to be looked into soon. */
    private static final double DOUBT = Math.log(1.25);

    private boolean isFewBetter = true;

    /** The other way is in use just now. */
    private boolean isComparing;

    /** Trials of the way in use that do not count. */
    private int settling;

    /** Trials that count until the other way is in use, or the better one again. */
    private int left = COMPARED;

    private int between = COMPARED;

    /** Trials since the last turn that said nothing. */
    private int wasted;

    /** Of those trials of the way in use that are compared. */
    private long requests;

    private long nanos;

    /** Requests in a nanosecond on the better way, right before the other was in use. */
    private double rate;

    /** The logarithm of how many times as much all serve, a moving average. */
    private double gainOfAll;

    private int comparisons;

    /** The way in use. */
    boolean isFew() {
        return isFewBetter != isComparing;
    }

    /** The workers have been in another way: a trial does not count. No more, or none would where kinds change often. */
    void settle() {
        settling = Math.max(settling, 1);
    }

    /** In a trial of {@code took} nanoseconds so many requests were served. */
    void tried(long served, long took) {
        if (settling > 0) {
            settling--;
            return;
        }
        if (left <= COMPARED) {
            requests += served;
            nanos += took;
        }
        left--;
        if (left == 0) {
            turn();
        }
    }

    /** A trial said nothing: little is asked for, or much that is not quick. The other way cannot be measured so. */
    void wasted() {
        wasted++;
        if (isComparing && wasted == COMPARED) {
            confirm();
            go(false, between);
        }
    }

    private void turn() {
        double measured = (double) requests / nanos;
        if (isComparing) {
            compare(measured / rate);
            go(false, between);
        } else {
            rate = measured;
            go(true, COMPARED);
        }
    }

    /** The other way served so many times as much as the better one. */
    private void compare(double timesAsMuch) {
        double gain = Math.log(timesAsMuch);
        comparisons = Math.min(comparisons + 1, REMEMBERED);
        gainOfAll += ((isFewBetter ? gain : -gain) - gainOfAll) / comparisons;
        boolean wasFewBetter = isFewBetter;
        isFewBetter = gainOfAll <= MARGIN;
        if (isFewBetter != wasFewBetter || gain > DOUBT) {
            between = COMPARED;
        } else {
            confirm();
        }
    }

    private void confirm() {
        between = Math.min(2 * between, MOST);
    }

    private void go(boolean comparing, int trials) {
        isComparing = comparing;
        settling = SETTLING;
        left = trials;
        wasted = 0;
        requests = 0;
        nanos = 0;
    }
}
