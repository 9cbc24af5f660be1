package org.netcachefs.fuse.internal.kernel;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Whether few workers or all of them had better receive what is quickly served. Which way serves more in the same time depends on what waking a thread
 * costs here, on which processor the kernel then puts it, and on the kind of load: so it is tried out, for each kind by itself. Thread-safe.
 */
final class FewOrAll {
    /**
     * Of a trial, at least. By how busy a thread was the scheduler places it, and takes about 32 ms to forget half of that (PELT): trials of a few milliseconds
     * tell what the other way left behind.
     */
    private static final long TRIAL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** One request in so many that is not quick says nothing of the others. */
    private static final int HARMLESS = 32;

    /** A trial that took so many times as long says nothing: the workers mostly slept. */
    private static final int LONGEST = 20;

    /** Trials in a row of another kind of load, until it is taken for one. */
    static final int CHANGED = 3;

    private final long trialNanos;

    @GuardedBy("this")
    private Load.Kind kind = Load.Kind.FIRST;

    /** Trials of another kind in a row. */
    @GuardedBy("this")
    private int ofAnother;

    @GuardedBy("this")
    private Comparison comparison = new Comparison();

    @GuardedBy("this")
    private final Map<Load.Kind, Comparison> comparisons = new HashMap<>(Map.of(kind, comparison));

    /** What was not quick in the trial under way. */
    private final AtomicLong disturbances = new AtomicLong();

    /** The trial under way says nothing; or none is under way. */
    private volatile boolean isVoid = true;

    @GuardedBy("this")
    private long began;

    @GuardedBy("this")
    private Load servedBefore = Load.NOTHING;

    FewOrAll() {
        this(TRIAL_NANOS);
    }

    /** A trial lasts at least so many nanoseconds. */
    FewOrAll(long trialNanos) {
        this.trialNanos = trialNanos;
    }

    /**
     * Which way to go from now on. {@code time} is what {@link System#nanoTime} says, {@code served} what was served so far. True: few. To be
     * asked again and again while nothing but what is quickly served is.
     */
    synchronized boolean isFew(long time, Load served) {
        long took = time - began;
        boolean isOver = took >= trialNanos;
        boolean wasVoid = isVoid;
        isVoid = false;
        if (isOver || wasVoid) {
            Load meanwhile = served.since(servedBefore);
            boolean isQuick = disturbances.getAndSet(0) <= meanwhile.requests() / HARMLESS;
            end(meanwhile, took, isQuick && !wasVoid);
            began = time;
            servedBefore = served;
        }
        return comparison.isFew();
    }

    /** A trial is over, in which so much was served. */
    @GuardedBy("this")
    private void end(Load served, long took, boolean counts) {
        if (!counts || took / trialNanos >= LONGEST || served.requests() == 0) {
            comparison.wasted();
        } else if (kind.next(served).equals(kind)) {
            ofAnother = 0;
            comparison.tried(served.requests(), took);
        } else {
            endOfAnother(kind.next(served));
        }
    }

    @GuardedBy("this")
    private void endOfAnother(Load.Kind other) {
        ofAnother++;
        if (ofAnother == CHANGED) {
            ofAnother = 0;
            boolean wasFew = comparison.isFew();
            kind = other;
            comparison = comparisons.computeIfAbsent(other, unknown -> new Comparison());
            if (comparison.isFew() != wasFew) {
                comparison.settle();
            }
        }
    }

    /** A request is served that is not quick, or by another thread. */
    void disturb() {
        disturbances.incrementAndGet();
    }

    /** What is measured just now says nothing. */
    void giveUp() {
        isVoid = true;
    }
}
