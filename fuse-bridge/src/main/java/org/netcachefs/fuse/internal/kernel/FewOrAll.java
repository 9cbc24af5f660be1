package org.netcachefs.fuse.internal.kernel;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Whether few workers or all of them had better receive what is quickly served. Which way serves more in the same time depends on what waking a thread
 * costs here and on which processor the kernel then puts it, so they are compared now and then: the better way is in use, and for a moment the other one
 * (a two-armed bandit that explores at fixed times: Sutton and Barto, Reinforcement Learning, 2nd ed., chapter 2). Only what was measured one right after the
 * other is compared, as how fast the machine is, and how much is asked for, changes all the time; and loads of one kind only (a contextual bandit: ibid.,
 * section 2.9). Thread-safe.
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

    /** Trials of either way that are compared: one differs much from the next. */
    static final int COMPARED = 8;

    /** Trials of a way before those, until all workers are in it. */
    static final int SETTLING = 3;

    private final long trialNanos;

    @GuardedBy("this")
    private Load.Kind kind = Load.Kind.FIRST;

    @GuardedBy("this")
    private Verdict verdict = new Verdict(COMPARED);

    @GuardedBy("this")
    private final Map<Load.Kind, Verdict> verdicts = new HashMap<>(Map.of(kind, verdict));

    /** The other way is in use just now. */
    @GuardedBy("this")
    private boolean isComparing;

    /** Trials until the other way is in use, or the better one again. */
    @GuardedBy("this")
    private int left = COMPARED;

    /** Trials since the last turn that said nothing. */
    @GuardedBy("this")
    private int wasted;

    /** Of those trials of the way in use that are compared. */
    @GuardedBy("this")
    private long requests;

    @GuardedBy("this")
    private long nanos;

    /** Requests in a nanosecond on the better way, right before the other was in use. */
    @GuardedBy("this")
    private double rate;

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
        return verdict.isFewBetter() != isComparing;
    }

    /** A trial is over, in which so much was served. */
    @GuardedBy("this")
    private void end(Load served, long took, boolean counts) {
        if (!counts || took / trialNanos >= LONGEST || served.requests() == 0) {
            wasted();
            return;
        }
        Load.Kind ofTrial = kind.next(served);
        if (ofTrial.equals(kind)) {
            tried(served.requests(), took);
        } else {
            change(ofTrial);
        }
    }

    /** What was tried before says nothing of this kind of load. */
    @GuardedBy("this")
    private void change(Load.Kind to) {
        verdict.leave();
        kind = to;
        verdict = verdicts.computeIfAbsent(to, unknown -> new Verdict(COMPARED));
        go(false, verdict.between());
    }

    @GuardedBy("this")
    private void tried(long served, long took) {
        left--;
        if (left < COMPARED) {
            requests += served;
            nanos += took;
        }
        if (left == 0) {
            turn();
        }
    }

    /** The other way cannot be measured: little is asked for, or much that is not quick. */
    @GuardedBy("this")
    private void wasted() {
        wasted++;
        if (isComparing && wasted == COMPARED) {
            verdict.confirm();
            go(false, verdict.between());
        }
    }

    @GuardedBy("this")
    private void turn() {
        double measured = (double) requests / nanos;
        if (isComparing) {
            verdict.compared(measured / rate);
            go(false, verdict.between());
        } else {
            rate = measured;
            go(true, COMPARED);
        }
    }

    @GuardedBy("this")
    private void go(boolean comparing, int trials) {
        isComparing = comparing;
        left = SETTLING + trials;
        wasted = 0;
        requests = 0;
        nanos = 0;
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
