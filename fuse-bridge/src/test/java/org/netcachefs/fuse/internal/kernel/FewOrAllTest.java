package org.netcachefs.fuse.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FewOrAllTest {
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final FewOrAll choice = new FewOrAll();
    private long now = 1;
    private long served;
    private long fewServe = 100;
    private long allServe = 100;
    private boolean isFew = true;

    /** So many looks, each after what the way gone meanwhile serves; how often it was that of few. */
    private int look(int times) {
        int few = 0;
        for (int i = 0; i < times; i++) {
            now += LOOK_NANOS;
            served += isFew ? fewServe : allServe;
            isFew = choice.isFew(now, served);
            few += isFew ? 1 : 0;
        }
        return few;
    }

    @Test
    void fewAtFirst_thenBothAreTried() {
        assertThat(look(FewOrAll.LEAST)).isEqualTo(FewOrAll.LEAST);
        assertThat(look(FewOrAll.LEAST)).isLessThan(FewOrAll.LEAST);
    }

    @Test
    void allServeMore_allReceive() {
        allServe = 200;
        look(10 * FewOrAll.LEAST);
        assertThat(look(10 * FewOrAll.MOST)).isLessThan(FewOrAll.MOST);
    }

    @Test
    void fewServeMore_fewReceive() {
        fewServe = 200;
        look(10 * FewOrAll.LEAST);
        assertThat(look(10 * FewOrAll.MOST)).isGreaterThan(9 * FewOrAll.MOST);
    }

    @Test
    void bothServeAsMuch_fewReceive() {
        look(10 * FewOrAll.LEAST);
        assertThat(look(10 * FewOrAll.MOST)).isGreaterThan(9 * FewOrAll.MOST);
    }

    @Test
    void whatWasBetter_getsWorse_theOtherWayIsGoneSoon() {
        fewServe = 200;
        look(10 * FewOrAll.LEAST);
        fewServe = 50;
        look(4 * FewOrAll.LEAST);
        assertThat(look(FewOrAll.MOST)).isLessThan(4 * FewOrAll.LEAST);
    }

    /** What is served depends on who asks, too: less of it says nothing against the way it was served. */
    @Test
    void allIsServedSlower_theBetterWayIsFoundAgain() {
        allServe = 500;
        fewServe = 400;
        look(10 * FewOrAll.MOST);
        allServe = 50;
        fewServe = 40;
        look(2 * FewOrAll.MOST);
        assertThat(look(10 * FewOrAll.MOST)).isLessThan(FewOrAll.MOST);
    }

    @Test
    void somethingElseIsServed_thatTrialSaysNothing() {
        allServe = 200;
        for (int i = 0; i < 10 * FewOrAll.LEAST; i++) {
            choice.otherwise();
            assertThat(look(1)).isEqualTo(1);
        }
    }

    @Test
    void afterSleeping_thatTrialSaysNothing() {
        for (int i = 0; i < 10 * FewOrAll.LEAST; i++) {
            now += TimeUnit.SECONDS.toNanos(1);
            assertThat(look(1)).isEqualTo(1);
        }
    }
}
