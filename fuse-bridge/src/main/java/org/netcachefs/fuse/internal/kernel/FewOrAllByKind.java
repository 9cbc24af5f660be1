package org.netcachefs.fuse.internal.kernel;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.Arrays;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * {@link FewOrAll} for each kind of request, as which way is better depends on what is asked for: each load is served by what was found out of it, not of
 * the one before. That of the kind which most of the work was of late is in use; where there is none, one for all such loads. Thread-safe.
 */
final class FewOrAllByKind {
    /** Of all work, for a kind to be in use. */
    private static final double TO_BEGIN = 0.75;

    /** To remain: a load that is about at the limit is not to go back and forth. */
    private static final double TO_REMAIN = 0.5;

    private final Supplier<long[]> workByKind;

    /** From one look at what is asked for to the next: a trial ends with one, so that what was served in it is known to be of its kind. */
    private final long lookNanos;

    private final FewOrAll[] choices = new FewOrAll[Served.KINDS];

    private volatile long looked = System.nanoTime();

    @GuardedBy("this")
    private long[] lookedAt = new long[Served.KINDS];

    /** In use; 0: none, or several. */
    private volatile int kind;

    private volatile boolean isFew = true;

    /** {@code workByKind}: what was served so far ({@link Served}). Trials last at least so many nanoseconds. */
    FewOrAllByKind(Supplier<long[]> workByKind, long trialNanos) {
        this.workByKind = workByKind;
        lookNanos = trialNanos / 2;
        Arrays.setAll(choices, each -> new FewOrAll(trialNanos));
    }

    /** As {@link FewOrAll#isFew}. */
    boolean isFew(long time) {
        if (time - looked >= lookNanos) {
            look(time);
        }
        return isFew;
    }

    private synchronized void look(long time) {
        if (time - looked < lookNanos) {
            return; // another one just did
        }
        looked = time;
        long[] work = workByKind.get();
        use(kindOf(difference(work, lookedAt)));
        lookedAt = work;
        isFew = choices[kind].isFew(time, LongStream.of(work).sum());
    }

    private static long[] difference(long[] now, long[] before) {
        long[] difference = new long[Served.KINDS];
        Arrays.setAll(difference, each -> now[each] - before[each]);
        return difference;
    }

    @GuardedBy("this")
    private int kindOf(long[] work) {
        long all = LongStream.of(work).sum();
        if (work[kind] >= TO_REMAIN * all) {
            return kind;
        }
        return IntStream.range(1, work.length)
                .filter(other -> work[other] > TO_BEGIN * all)
                .findFirst()
                .orElse(0);
    }

    @GuardedBy("this")
    private void use(int next) {
        if (next != kind) {
            choices[kind].leave();
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
