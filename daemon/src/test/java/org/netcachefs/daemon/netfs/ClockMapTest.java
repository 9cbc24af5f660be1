package org.netcachefs.daemon.netfs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ClockMapTest {
    @Test
    void staysWithinItsBound_andKeepsWhatIsUsed() {
        ClockMap<Integer, Integer> map = new ClockMap<>(100, value -> true);
        for (int i = 0; i < 10_000; i++) {
            map.put(i, i);
            map.get(0);
        }
        assertThat(map.size()).isBetween(90, 120);
        assertThat(map.peek(9_999)).isEqualTo(9_999);
        assertThat(map.peek(0)).isEqualTo(0);
    }

    @Test
    void keepsWhatMayNotBeForgotten() {
        ClockMap<Integer, Integer> map = new ClockMap<>(10, value -> value >= 50);
        for (int i = 0; i < 1000; i++) {
            map.put(i, i);
        }
        for (int i = 0; i < 50; i++) {
            assertThat(map.peek(i)).isEqualTo(i);
        }
        assertThat(map.size()).isLessThan(100);
    }
}
