package org.netcachefs.fuse.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FewOrAllTest {
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final int MANY = 10 * FewOrAll.MOST;

    private final FewOrAll choice = new FewOrAll(FewOrAll.TRIAL_NANOS);
    private long now = Long.MIN_VALUE;
    private long served;
    private double fewServe = 1000;
    private double allServe = 1000;
    private boolean isFew = true;

    /** So many looks, each after what the way in use serves; how often it was that of few. */
    private int look(int times) {
        return look(times, () -> 1);
    }

    /** As {@link #look(int)} on a machine that is so many times as fast at each look. */
    private int look(int times, DoubleSupplier speed) {
        int few = 0;
        for (int i = 0; i < times; i++) {
            now += LOOK_NANOS;
            served += Math.round(speed.getAsDouble() * (isFew ? fewServe : allServe));
            isFew = choice.isFew(now, served);
            few += isFew ? 1 : 0;
        }
        return few;
    }

    private void lookUntil(boolean few) {
        for (int i = 0; i < MANY && isFew != few; i++) {
            isFew = look(1) == 1;
        }
        assertThat(isFew).isEqualTo(few);
    }

    /** A machine that has fast and slow moments, where one trial differs from the next. */
    private static DoubleSupplier noise(long seed) {
        Random random = new Random(seed);
        return new DoubleSupplier() {
            private double moment = 1;

            @Override
            public double getAsDouble() {
                moment = random.nextInt(20) == 0 ? 0.4 + random.nextDouble() : moment;
                return moment * Math.max(0.1, 1 + 0.3 * random.nextGaussian());
            }
        };
    }

    /** A machine that somebody else takes away for three or four looks of about forty. */
    private static DoubleSupplier gaps(long seed) {
        Random random = new Random(seed);
        return new DoubleSupplier() {
            private int gap;

            @Override
            public double getAsDouble() {
                gap = gap == 0 && random.nextInt(40) == 0 ? 3 + random.nextInt(2) : Math.max(0, gap - 1);
                return (gap > 0 ? 0.25 : 1) * (1 + 0.05 * random.nextGaussian());
            }
        };
    }

    @Test
    void fewAtFirst_thenBothAreTried() {
        assertThat(look(FewOrAll.COMPARED)).isEqualTo(FewOrAll.COMPARED);
        assertThat(look(FewOrAll.COMPARED)).isZero();
    }

    /** One of a moment, and one of ten minutes later by other readers, are not to be compared. */
    @Test
    void leftForLong_comparesAnew() {
        fewServe = 120;
        allServe = 100;
        lookUntil(false);
        choice.leave();
        now += TimeUnit.MINUTES.toNanos(10);
        fewServe = 1200;
        allServe = 1000;
        isFew = look(1) == 1;
        assertThat(isFew).isTrue();
        look(FewOrAll.MOST);
        assertThat(look(MANY)).isGreaterThan(MANY - MANY / 10);
    }

    @Test
    void leftForAMoment_goesOn() {
        lookUntil(false);
        choice.leave();
        now += TimeUnit.MILLISECONDS.toNanos(100);
        assertThat(look(FewOrAll.COMPARED)).isZero();
    }

    /** Trials of the worse way in the first ten seconds: doubling the pauses took four comparisons. */
    @Test
    void clearVerdict_isComparedSeldomSoon() {
        fewServe = 1500;
        assertThat(look(200)).isGreaterThan(200 - 3 * (FewOrAll.SETTLING + FewOrAll.COMPARED));
    }

    /** Whole comparisons took 7 % of the looks, and could be seen: a listing of half a second was slower by a quarter now and then. */
    @Test
    void clearVerdict_isConfirmedByFewTrials() {
        fewServe = 1500;
        look(MANY);
        assertThat(look(MANY)).isGreaterThan(MANY - MANY / 20);
    }

    @Test
    void clearVerdict_thatDoesNotHoldAnyMore_takesAllTrials() {
        fewServe = 1500;
        look(MANY);
        fewServe = 1050;
        lookUntil(false);
        assertThat(look(FewOrAll.SETTLING + FewOrAll.COMPARED - 1)).isZero();
    }

    /** Three slow looks of three say nothing that is remembered: the verdict follows when the load has changed. */
    @ParameterizedTest
    @MethodSource("seeds")
    void clearVerdict_onAMachineThatIsAwayAtTimes_isGivenUp(long seed) {
        fewServe = 1500;
        look(MANY, gaps(seed));
        fewServe = 700;
        look(3 * FewOrAll.MOST, gaps(seed));
        assertThat(look(MANY, gaps(seed))).isLessThan(MANY / 10);
    }

    @Test
    void allServeMore_allReceive() {
        allServe = 1200;
        look(FewOrAll.MOST);
        assertThat(look(MANY)).isLessThan(MANY / 10);
    }

    @Test
    void fewServeMore_fewReceive() {
        fewServe = 1200;
        look(FewOrAll.MOST);
        assertThat(look(MANY)).isGreaterThan(MANY - MANY / 10);
    }

    @Test
    void bothServeAsMuch_allReceiveMostly_andFewAreTriedOften() {
        look(FewOrAll.MOST);
        assertThat(look(MANY)).isBetween(MANY / 5, MANY * 2 / 5);
    }

    /** All were in use for 6.4 s more: listings were slower by a third after calls of stat by two threads. */
    @Test
    void anotherLoad_ofWhichFewServeMore_isFoundOutSoon() {
        allServe = 1050;
        look(MANY);
        lookUntil(true);
        lookUntil(false); // few have just been tried
        fewServe = 450;
        allServe = 300;
        assertThat(look(FewOrAll.MOST)).isGreaterThan(FewOrAll.MOST / 3);
    }

    @Test
    void whatWasBetter_getsWorse_theOtherWayIsInUseSoon() {
        fewServe = 1500;
        look(MANY);
        fewServe = 500;
        look(3 * FewOrAll.MOST);
        assertThat(look(MANY)).isLessThan(MANY / 10);
    }

    /** With averages of different moments the worse way was in use for more than a quarter of the time. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void machineIsFasterAndSlower_theBetterWayIsInUse(long seed) {
        fewServe = 1200;
        assertThat(look(MANY, noise(seed))).as("few").isGreaterThan(MANY * 8 / 10);
        fewServe = 800;
        int ignored = look(3 * FewOrAll.MOST, noise(seed));
        assertThat(look(MANY, noise(seed))).as("few").isLessThan(MANY / 3);
    }

    @Test
    void machineIsFasterAndSlower_theBetterWayIsInUse_inTheMean() {
        assertThat(seeds().mapToInt(seed -> afterAWhile(1200, seed)).average().orElseThrow())
                .as("few")
                .isGreaterThan(MANY * 0.8);
        assertThat(seeds().mapToInt(seed -> afterAWhile(800, seed)).average().orElseThrow())
                .as("few")
                .isLessThan(MANY * 0.15);
    }

    private static int afterAWhile(double fewServe, long seed) {
        FewOrAllTest machine = new FewOrAllTest();
        machine.fewServe = fewServe;
        int ignored = machine.look(3 * FewOrAll.MOST, noise(seed));
        return machine.look(MANY, noise(seed));
    }

    private static LongStream seeds() {
        return LongStream.rangeClosed(1, 40);
    }

    /** By what was served in all the trials of a comparison the worse way was in use for up to three quarters of the time; a third is what trying it takes where it costs so little. */
    @ParameterizedTest
    @MethodSource("seeds")
    void machineIsAwayAtTimes_theBetterWayIsInUse(long seed) {
        allServe = 1040;
        int before = look(3 * FewOrAll.MOST, gaps(seed));
        assertThat(look(MANY, gaps(seed))).as("few, after %d", before).isLessThan(MANY / 2);
        allServe = 850;
        before = look(3 * FewOrAll.MOST, gaps(seed));
        assertThat(look(MANY, gaps(seed))).as("few, after %d", before).isGreaterThan(MANY * 8 / 10);
    }

    @ParameterizedTest
    @CsvSource({"1, true", "31, true", "32, false"})
    void whatIsNotQuick_saysNothing_unlessThereIsLittleOfIt(int inAThousand, boolean isTried) {
        allServe = 2000;
        int looks = 10 * FewOrAll.COMPARED;
        int few = 0;
        for (int i = 0; i < looks; i++) {
            choice.disturb(inAThousand);
            few += look(1);
        }
        assertThat(few < looks).isEqualTo(isTried);
    }

    @Test
    void nothingWasServedForAWhile_thatTrialSaysNothing() {
        allServe = 2000;
        for (int i = 0; i < 10 * FewOrAll.COMPARED; i++) {
            choice.giveUp();
            assertThat(look(1)).isEqualTo(1);
        }
    }

    /** All are asked each time they have served so many, few by the clock. */
    @Test
    void littleIsAskedFor_soThatAllCannotBeMeasured_fewReceive() {
        int few = 0;
        for (int i = 0; i < MANY; i++) {
            now += isFew ? 0 : TimeUnit.MILLISECONDS.toNanos(150);
            few += look(1);
        }
        assertThat(few).isGreaterThan(MANY - MANY / 10);
    }

    @Test
    void afterSleeping_thatTrialSaysNothing() {
        for (int i = 0; i < 10 * FewOrAll.COMPARED; i++) {
            now += TimeUnit.SECONDS.toNanos(1);
            assertThat(look(1)).isEqualTo(1);
        }
    }
}
