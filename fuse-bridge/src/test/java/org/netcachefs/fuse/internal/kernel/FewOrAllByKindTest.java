package org.netcachefs.fuse.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.netcachefs.fuse.internal.protocol.Opcode;

class FewOrAllByKindTest {
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final int MANY = 10_000;
    private static final int WORK = 1000;
    private static final int LARGE = 17;

    private final Served served = new Served();
    private final FewOrAllByKind choice = new FewOrAllByKind(this::workByKind, FewOrAll.TRIAL_NANOS);
    private long now = System.nanoTime();
    private boolean isFew = true;

    private long[] workByKind() {
        long[] work = new long[Served.KINDS];
        served.addTo(work);
        return work;
    }

    /** So many looks while requests of this kind, of so much work each, are served, more of them in one way; how often it was that of few. */
    private int look(int times, int opcode, int amount, double timesAsMuchByAll) {
        int few = 0;
        for (int i = 0; i < times; i++) {
            now += LOOK_NANOS;
            long requests = Math.round(WORK * (isFew ? 1 : timesAsMuchByAll) / amount);
            LongStream.range(0, requests).forEach(each -> served.count(opcode, amount));
            isFew = choice.isFew(now);
            few += isFew ? 1 : 0;
        }
        return few;
    }

    /** Listings were served for half a minute by the way that was better for calls of stat before them. */
    @Test
    void whatWasFoundOutOfOneKind_isNotUsedForAnother() {
        look(MANY, Opcode.GETATTR, 1, 1.4);
        assertThat(look(MANY, Opcode.GETATTR, 1, 1.4)).isLessThan(MANY / 10);
        look(10, Opcode.GETXATTR, 1, 0.6);
        assertThat(look(MANY, Opcode.GETXATTR, 1, 0.6)).isGreaterThan(MANY * 9 / 10);
    }

    @Test
    void whatWasFoundOutBefore_isUsedAgain() {
        look(MANY, Opcode.GETATTR, 1, 1.4);
        look(MANY, Opcode.GETXATTR, 1, 0.6);
        look(10, Opcode.GETATTR, 1, 1.4);
        assertThat(look(MANY, Opcode.GETATTR, 1, 1.4)).isLessThan(MANY / 10);
    }

    @Test
    void largeReads_areAnotherKindThanSmallOnes() {
        look(MANY, Opcode.READ, 1, 1.4);
        look(MANY, Opcode.READ, LARGE, 0.6);
        look(10, Opcode.READ, 1, 1.4);
        assertThat(look(MANY, Opcode.READ, 1, 1.4)).isLessThan(MANY / 10);
    }

    /** Opens, reads and closes of small files for one. */
    @Test
    void loadOfSeveralKinds_hasItsOwn() {
        int few = 0;
        for (int i = 0; i < MANY; i++) {
            int opcode = i % 2 == 0 ? Opcode.OPEN : Opcode.RELEASE;
            few += look(1, opcode, 1, 1.4);
        }
        assertThat(few).isLessThan(MANY / 5);
        assertThat(look(MANY, Opcode.OPEN, 1, 0.6)).isGreaterThan(MANY * 9 / 10);
    }

    /** As many as make up half of the work at times are no other load. */
    @ParameterizedTest
    @ValueSource(ints = {3, 5, 10})
    void anotherKindNowAndThen_changesNothing(int oneIn) {
        look(10, Opcode.GETXATTR, 1, 1.4);
        int few = 0;
        for (int i = 0; i < MANY; i++) {
            few += look(1, i % oneIn == 0 ? Opcode.READDIRPLUS : Opcode.GETXATTR, 1, 1.4);
        }
        assertThat(few).isLessThan(MANY / 5);
        assertThat(look(MANY, Opcode.GETXATTR, 1, 1.4)).isLessThan(MANY / 10);
    }

    /** By the time a change is seen a part of the shortest is over. A trial that a change ended was taken for one that cannot be measured. */
    @ParameterizedTest
    @ValueSource(ints = {17, 21, 31, 100})
    void loadsInTurn_areEachFoundOut(int looks) {
        int fewOfOne = 0;
        int fewOfOther = 0;
        for (int i = 0; i < MANY / looks; i++) {
            fewOfOne += look(looks, Opcode.GETATTR, 1, 1.4);
            for (int heavy = 0; heavy < looks; heavy++) {
                fewOfOther += look(1, Opcode.READ, LARGE, 0.6);
            }
        }
        assertThat(fewOfOne).isLessThan(MANY / 2);
        assertThat(fewOfOther).isGreaterThan(MANY * 6 / 10);
    }

    /** Two that look at once: the second one sees what was served since the first did, which may be anything. */
    @Test
    void lookRightAfterAnother_changesNothing() {
        look(MANY, Opcode.GETATTR, 1, 1.4);
        int few = 0;
        for (int i = 0; i < MANY; i++) {
            few += look(1, Opcode.GETATTR, 1, 1.4);
            served.count(Opcode.READDIRPLUS, 1);
            few += choice.isFew(now) ? 1 : 0;
        }
        assertThat(few).isLessThan(2 * MANY / 10);
    }
}
