package org.netcachefs.fuse.internal.kernel;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * {@link FewOrAll} for each kind of request, as which way is better depends on what is asked for: each load is served by what was found out of it, not of
 * the one before. That of the kind which most requests of late were is in use; where there is none, one for all such loads. Thread-safe.
 */
final class FewOrAllByKind {
    /** From one look at what kind of requests there are to the next, at least: a fraction of a trial, and some ten requests. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** Of all work, for a kind to be in use. */
    private static final double MOST = 0.75;

    /** For it to stay: a load that is about at the limit is not to go back and forth. */
    private static final double ENOUGH = 0.5;

    private final Supplier<long[]> workByKind;
    private final FewOrAll[] choices = new FewOrAll[Served.KINDS];

    @GuardedBy("this")
    private long looked = System.nanoTime();

    @GuardedBy("this")
    private long[] before = new long[Served.KINDS];

    /** That in use; 0: of none, or of several. */
    private volatile int kind;

    /** {@code workByKind}: what was served so far ({@link Served}); {@code maker} makes the choice of a kind. */
    FewOrAllByKind(Supplier<long[]> workByKind, Supplier<FewOrAll> maker) {
        this.workByKind = workByKind;
        Arrays.setAll(choices, kind -> maker.get());
    }

    /** As {@link FewOrAll#isFew}. */
    boolean isFew(long time, long served) {
        look(time);
        return choices[kind].isFew(time, served);
    }

    private synchronized void look(long time) {
        if (time - looked < LOOK_NANOS) {
            return;
        }
        long[] now = workByKind.get();
        use(kindOf(difference(now, before)));
        before = now;
        looked = time;
    }

    private static long[] difference(long[] now, long[] before) {
        long[] difference = new long[Served.KINDS];
        Arrays.setAll(difference, kind -> now[kind] - before[kind]);
        return difference;
    }

    @GuardedBy("this")
    private int kindOf(long[] work) {
        long all = LongStream.of(work).sum();
        if (work[kind] >= ENOUGH * all) {
            return kind;
        }
        return IntStream.range(1, work.length)
                .filter(other -> work[other] > MOST * all)
                .findFirst()
                .orElse(0);
    }

    /** A trial that is under way says nothing of either kind. */
    @GuardedBy("this")
    private void use(int next) {
        if (next != kind) {
            choices[kind].giveUp();
            choices[next].giveUp();
            kind = next;
        }
    }

    /** As {@link FewOrAll#disturb}. */
    void disturb(int work) {
        choices[kind].disturb(work);
    }

    /** As {@link FewOrAll#giveUp}. */
    void giveUp() {
        choices[kind].giveUp();
    }
}
