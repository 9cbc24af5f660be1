package org.netcachefs.fuse.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SpinTest {
    private final Spin spin = new Spin();

    private int skipped() {
        int count = 0;
        while (spin.nanos() == 0) {
            count++;
        }
        return count;
    }

    @Test
    void afterSpinningInVain_sleepsAtOnce_everMoreOften_butNotForGood() {
        assertThat(skipped()).isZero();
        for (int expected : new int[] {0, 1, 3, 7, 15, 31, 63, 64, 64}) {
            spin.inVain();
            assertThat(skipped()).isEqualTo(expected);
        }
    }

    @Test
    void whatPaid_isTriedAgainAtOnce() {
        spin.inVain();
        spin.inVain();
        assertThat(skipped()).isEqualTo(1);
        spin.paid();
        assertThat(spin.nanos()).isPositive();
        spin.inVain();
        assertThat(skipped()).isZero();
    }
}
