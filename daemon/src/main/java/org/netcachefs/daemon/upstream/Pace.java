package org.netcachefs.daemon.upstream;

import java.util.concurrent.TimeUnit;

/** How long the calls of a lane have taken lately, on average. Thread-safe; what several threads tell at once may be lost. */
final class Pace {
    /** Handing over takes up to a tenth of a millisecond where waking a thread is dear. */
    private static final long QUICK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private static final long WEIGHT = 8;

    private volatile long average;

    /** A call took so long. */
    void took(long nanos) {
        long before = average;
        average = before + (nanos - before) / WEIGHT;
    }

    /** Whether handing the next one to another thread would take a good part of what it takes itself. */
    boolean isQuick() {
        return average < QUICK_NANOS;
    }
}
