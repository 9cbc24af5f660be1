package org.netcachefs.fuse.internal.kernel;

/** What is known of whether few or all of the workers serve more of one kind of load. Not thread-safe. */
final class Verdict {
    /** Trials from one comparison to the next, at most: twice as many each time that gives no reason for doubt. */
    static final int MOST = 128;

    /** Comparisons that count, about. */
    private static final int REMEMBERED = 4;

    /** Few leave more of the processors to who asks, so all have to be better by 3 %. */
    private static final double MARGIN = Math.log(1.03);

    /** The other way serving a quarter more, if only once, is to be looked into soon. */
    private static final double DOUBT = Math.log(1.25);

    private final int least;
    private boolean isFewBetter = true;
    private int between;
    private int comparisons;

    /** The logarithm of how many times as much all serve, a moving average. */
    private double gainOfAll;

    /** There are at least so many trials from one comparison to the next. */
    Verdict(int least) {
        this.least = least;
        this.between = least;
    }

    boolean isFewBetter() {
        return isFewBetter;
    }

    /** Trials until the next comparison. */
    int between() {
        return between;
    }

    /** The other way served so many times as much as the better one. */
    void compared(double otherServed) {
        double gain = Math.log(otherServed);
        comparisons = Math.min(comparisons + 1, REMEMBERED);
        gainOfAll += ((isFewBetter ? gain : -gain) - gainOfAll) / comparisons;
        boolean wasFewBetter = isFewBetter;
        isFewBetter = gainOfAll <= MARGIN;
        if (isFewBetter != wasFewBetter || gain > DOUBT) {
            between = least;
        } else {
            confirm();
        }
    }

    /** There is no reason to try the other way as soon again. */
    void confirm() {
        between = Math.min(2 * between, MOST);
    }

    /** Other loads come: it is older when this kind is back. */
    void leave() {
        between = Math.max(between / 2, least);
    }
}
