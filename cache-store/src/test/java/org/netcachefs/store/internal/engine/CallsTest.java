package org.netcachefs.store.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CallsTest {
    private static final int A_SECOND = 1000 / Calls.TICK_MILLIS;

    private final Calls calls = new Calls();

    private void pass(int ticks) {
        for (int i = 0; i < ticks; i++) {
            calls.tick();
        }
    }

    @Test
    void transfer_mayTakeTwoSeconds() {
        int call = calls.begin();
        pass(2 * A_SECOND);
        assertThat(calls.hungMillis()).isZero();
        pass(1);
        assertThat(calls.hungMillis()).isEqualTo(2100);
        calls.end(call);
        assertThat(calls.hungMillis()).isZero();
    }

    @Test
    void sync_mayTakeTen() {
        int call = calls.beginSync();
        pass(10 * A_SECOND);
        assertThat(calls.hungMillis()).isZero();
        pass(1);
        assertThat(calls.hungMillis()).isEqualTo(10_100);
        calls.end(call);
    }

    @Test
    void theOldestCounts() {
        int first = calls.begin();
        pass(A_SECOND);
        int second = calls.begin();
        pass(2 * A_SECOND);
        assertThat(calls.hungMillis()).isEqualTo(3000);
        calls.end(first);
        assertThat(calls.hungMillis()).isZero();
        calls.end(second);
    }

    @Test
    void callsThatFindNoPlace_areNotWatched_andHarmNothing() {
        int last = 0;
        for (int i = 0; i < 1000; i++) {
            last = calls.begin();
        }
        assertThat(last).isNegative();
        calls.end(last);
        pass(3 * A_SECOND);
        assertThat(calls.hungMillis()).isEqualTo(3000);
    }
}
