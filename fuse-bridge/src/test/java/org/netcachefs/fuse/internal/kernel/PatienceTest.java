package org.netcachefs.fuse.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PatienceTest {
    private final Patience patience = new Patience();

    private int skipped() {
        int count = 0;
        while (patience.nanos() == 0) {
            count++;
        }
        return count;
    }

    @Test
    void afterLookingInVain_sleepsAtOnce_everMoreOften_butNotForGood() {
        assertThat(skipped()).isZero();
        for (int expected : new int[] {1, 3, 7, 15, 31, 63, 64, 64}) {
            patience.inVain();
            assertThat(skipped()).isEqualTo(expected);
        }
    }

    @Test
    void whatPaid_isTriedAgainAtOnce() {
        patience.inVain();
        patience.inVain();
        assertThat(skipped()).isEqualTo(3);
        patience.paid();
        assertThat(patience.nanos()).isPositive();
        patience.inVain();
        assertThat(skipped()).isEqualTo(1);
    }
}
