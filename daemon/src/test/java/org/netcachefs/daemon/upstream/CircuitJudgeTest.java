package org.netcachefs.daemon.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.netcachefs.daemon.upstream.UpstreamCalls.Circuit;

class CircuitJudgeTest {
    private static final long TIMEOUT = 1600;

    private final CircuitJudge judge = new CircuitJudge(TIMEOUT, 0);

    @Test
    void quickCalls_neverAskForAProbe() {
        for (long now = 0; now < 100 * TIMEOUT; now += 50) {
            assertThat(judge.look(now, 50)).isFalse();
        }
        assertThat(judge.circuit()).isEqualTo(Circuit.CLOSED);
    }

    @Test
    void aCallThatStaysOut_asksForOneProbeAtHalfTheTimeout_andOpensAtTheTimeout() {
        assertThat(judge.look(10_799, 799)).isFalse();
        assertThat(judge.look(10_800, 800)).isTrue();
        assertThat(judge.look(10_900, 900)).isFalse();
        assertThat(judge.look(11_599, 1599)).isFalse();
        assertThat(judge.circuit()).isEqualTo(Circuit.CLOSED);
        judge.look(11_600, 1600);
        assertThat(judge.circuit()).isEqualTo(Circuit.OPEN);
        assertThat(judge.silence(11_600))
                .as("counted from when the call went out")
                .isEqualTo(1600);
    }

    @Test
    void aCallThatHangsForEver_whileProbesAreAnswered_neverOpens() {
        long probes = 0;
        for (long now = 10_000; now < 10_000 + 100 * TIMEOUT; now += 100) {
            if (judge.look(now, now - 10_000)) {
                probes++;
                judge.probeAnswered(now, now + 1);
            }
            assertThat(judge.circuit()).isEqualTo(Circuit.CLOSED);
        }
        assertThat(probes).as("one each half timeout").isBetween(170L, 200L);
    }

    @Test
    void slowAnswers_keepItClosed_thoughTheProbeIsSlowToo() {
        assertThat(judge.look(10_800, 800)).isTrue();
        for (long now = 10_900; now < 20_000; now += 400) {
            judge.answered(now);
            judge.look(now + 300, 1500);
            assertThat(judge.circuit()).isEqualTo(Circuit.CLOSED);
        }
    }

    @Test
    void aCallTells_onlyIfItWasOutForAWhile() {
        assertThat(judge.tells(99)).isFalse();
        assertThat(judge.tells(100)).isTrue();
    }

    @Test
    void theAnswerOfALateProbe_halfOpens_andAFreshOneCloses() {
        open();
        assertThat(judge.probeAnswered(10_800, 30_000)).as("another one").isTrue();
        assertThat(judge.circuit()).isEqualTo(Circuit.HALF_OPEN);
        assertThat(judge.epoch()).isZero();
        assertThat(judge.probeAnswered(30_000, 30_010)).isFalse();
        assertThat(judge.circuit()).isEqualTo(Circuit.CLOSED);
        assertThat(judge.epoch()).isEqualTo(1);
        assertThat(judge.silence(30_010)).isZero();
    }

    @Test
    void halfOpen_opensAgain_ifTheFreshProbeStaysOut_andItsSilenceGoesOn() {
        open();
        judge.probeAnswered(10_800, 30_000);
        judge.look(30_799, 20_000);
        assertThat(judge.circuit()).isEqualTo(Circuit.HALF_OPEN);
        judge.look(30_800, 20_000);
        assertThat(judge.circuit()).isEqualTo(Circuit.OPEN);
        assertThat(judge.silence(30_800)).isEqualTo(20_800);
    }

    @Test
    void anOldProbe_doesNotClose_whatHalfOpened() {
        open();
        assertThat(judge.look(10_800 + TIMEOUT, 9))
                .as("a second probe, the first may be lost")
                .isTrue();
        judge.probeAnswered(10_800 + TIMEOUT, 30_000);
        assertThat(judge.probeAnswered(10_800, 30_001)).isFalse();
        assertThat(judge.circuit()).isEqualTo(Circuit.HALF_OPEN);
    }

    @Test
    void whileOpen_probesAreSentLessAndLessOften() {
        open();
        List<Long> sent = new ArrayList<>();
        for (long now = 11_600; now < 1000 * TIMEOUT; now += 100) {
            if (judge.look(now, now - 10_000)) {
                sent.add(now);
            }
        }
        assertThat(sent).as("each wait is twice the last").hasSizeBetween(8, 10);
    }

    @Test
    void probesThatAreLostForGood_doNotKeepItOpen_whenUpstreamAnswersAgain() {
        open();
        long now = 11_600;
        for (; now < 50 * TIMEOUT; now += 100) {
            judge.look(now, now - 10_000);
        }
        judge.answered(now);
        assertThat(judge.look(now + 1, 10)).as("a probe at once").isTrue();
        assertThat(judge.probeAnswered(now + 1, now + 2)).isTrue();
        assertThat(judge.probeAnswered(now + 2, now + 3)).isFalse();
        assertThat(judge.circuit()).isEqualTo(Circuit.CLOSED);
    }

    @Test
    void probesLostWhileItWasOpen_areForgottenWhenItCloses() {
        open();
        assertThat(judge.look(10_800 + TIMEOUT, 9)).isTrue();
        judge.probeAnswered(10_800 + TIMEOUT, 30_000);
        judge.probeAnswered(30_000, 30_010);
        assertThat(judge.vouches()).as("though the first probe is still out").isTrue();
        assertThat(judge.look(40_000, 800)).as("it asks before it opens").isTrue();
        assertThat(judge.circuit()).isEqualTo(Circuit.CLOSED);
        judge.probeAnswered(10_800, 40_001);
        assertThat(judge.vouches()).as("the new one is still out").isFalse();
    }

    @Test
    void aCallThatComesBack_whileOpen_asksForAProbeAtOnce() {
        open();
        assertThat(judge.look(12_000, 2000)).isFalse();
        judge.answered(12_050);
        assertThat(judge.look(12_100, 10)).isTrue();
        assertThat(judge.look(12_150, 10)).isFalse();
    }

    private void open() {
        judge.look(10_800, 800);
        judge.look(11_600, 1600);
        assertThat(judge.circuit()).isEqualTo(Circuit.OPEN);
    }
}
