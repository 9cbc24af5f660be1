package org.netcachefs.store.internal.data;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.netcachefs.store.ByteRange;

class GuardLogTest {
    private static final ByteRange HERE = new ByteRange(0, 4096);
    private static final ByteRange THERE = new ByteRange(8192, 4096);

    private final GuardLog log = new GuardLog();

    @Test
    void whatBeganUnderTheGuard_stands() {
        log.moved(1);
        assertThat(log.stands(1, HERE)).isTrue();
        log.moved(2, THERE);
        assertThat(log.stands(2, THERE)).isTrue();
    }

    @Test
    void moveAboutEverything_voidsAllThatBegan() {
        log.moved(1, THERE);
        log.moved(2);
        assertThat(log.stands(1, HERE)).isFalse();
        log.moved(3, THERE);
        assertThat(log.stands(1, HERE)).isFalse();
        assertThat(log.stands(2, HERE)).isTrue();
    }

    @Test
    void moveAboutARange_voidsWhatMeetsIt() {
        log.moved(1);
        log.moved(2, THERE);
        assertThat(log.stands(1, HERE)).isTrue();
        assertThat(log.stands(1, THERE)).isFalse();
        assertThat(log.stands(1, new ByteRange(0, 8193))).isFalse();
    }

    @Test
    void whatBeganBeforeMoreRangesThanAreKept_isVoid() {
        log.moved(1);
        for (int i = 2; i < 1000; i++) {
            log.moved(i, THERE);
        }
        assertThat(log.stands(1, HERE)).isFalse();
        assertThat(log.stands(990, HERE)).isTrue();
        assertThat(log.stands(990, THERE)).isFalse();
    }
}
