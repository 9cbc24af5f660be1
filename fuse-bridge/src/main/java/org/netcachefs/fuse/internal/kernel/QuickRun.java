package org.netcachefs.fuse.internal.kernel;

/** Whether a worker has had nothing but requests that are quickly served of late, so that more like them are expected. Used by its worker alone. */
final class QuickRun {
    /** Requests; and of what others have served as much as that many small ones. */
    static final int LENGTH = 32;

    /** What takes longer is not quick if somebody may have waited for it: the index's disk, for one, may be slow. */
    private static final long MOST_NANOS = 500_000;

    /** One request in so many is timed: reading the clock twice takes a hundredth of a hit. No divisor of it is one of four: who opens, reads and closes asks in fours. */
    private static final int TIMED = 7;

    private long length;
    private boolean tookLong;
    private long workOfOthers;

    /** A request is about to be served; {@code cameLater}: it did not wait until the one before it was. False: the run is over, others are wanted. */
    boolean begin(boolean cameLater) {
        boolean goesOn = cameLater || !tookLong;
        if (!goesOn) {
            length = 0;
        }
        return goesOn;
    }

    /** Whether to time the request that has begun: where the last one took long, each is. */
    boolean isTimed() {
        return tookLong || length % TIMED == 0;
    }

    /** It took so many nanoseconds; 0 if it was not timed. */
    void end(long nanos) {
        length++;
        tookLong = nanos > MOST_NANOS;
    }

    /**
     * It was not served without waiting, so the run begins anew: the worker waited for something, or another thread serves it, which needs a
     * processor, and who asks is not back soon.
     */
    void reset() {
        length = 0;
        tookLong = false;
    }

    boolean isLong() {
        return length >= LENGTH;
    }

    /** Whether to leave the requests to the other workers, whose work so far is {@code others}: not while these, though they receive, are held up. Begins anew. */
    boolean mayEndInRest(long others) {
        length = 0;
        long before = workOfOthers;
        workOfOthers = others;
        return others - before >= LENGTH;
    }
}
