package org.netcachefs.fuse.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PendingSignalsTest {
    private static final long KILL = 1L << 8;
    private static final long INT = 1L << 1;
    private static final long CHLD = 1L << 16;

    @Test
    void kill_ofTheThread_endsIt() {
        assertThat(PendingSignals.kill(status(KILL, 0, 0, 0, 0))).isTrue();
    }

    @Test
    void signalThatIsHandledIgnoredOrBlocked_doesNotEndIt() {
        assertThat(PendingSignals.kill(status(0, INT, 0, 0, 0))).isTrue();
        assertThat(PendingSignals.kill(status(0, INT, INT, 0, 0))).isFalse();
        assertThat(PendingSignals.kill(status(0, INT, 0, INT, 0))).isFalse();
        assertThat(PendingSignals.kill(status(0, INT, 0, 0, INT))).isFalse();
    }

    @Test
    void signalThatIsHarmlessByDefault_doesNotEndIt() {
        assertThat(PendingSignals.kill(status(CHLD, CHLD, 0, 0, 0))).isFalse();
    }

    @Test
    void threadThatIsNotSeen_isNotTakenForDying() {
        assertThat(PendingSignals.kill(0)).isFalse();
        assertThat(PendingSignals.kill(Integer.MAX_VALUE)).isFalse();
        assertThat(PendingSignals.kill((int) ProcessHandle.current().pid())).isFalse();
    }

    private static String status(long thread, long process, long blocked, long ignored, long caught) {
        return String.format(
                "Name:\tcat%nSigQ:\t0/1%nSigPnd:\t%016x%nShdPnd:\t%016x%nSigBlk:\t%016x%nSigIgn:\t%016x%nSigCgt:\t%016x%n",
                thread, process, blocked, ignored, caught);
    }
}
