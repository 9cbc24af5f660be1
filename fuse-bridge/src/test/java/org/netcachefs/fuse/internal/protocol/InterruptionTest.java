package org.netcachefs.fuse.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class InterruptionTest {
    private final AtomicInteger first = new AtomicInteger();
    private final AtomicInteger second = new AtomicInteger();
    private final Interruption interruption = new Interruption(1, 0);

    @Test
    void whatIsWaitedForNext_isGivenUpToo() {
        interruption.byAnySignal();
        interruption.onGivenUp(first::incrementAndGet);
        interruption.look();
        interruption.onGivenUp(second::incrementAndGet);
        assertThat(first).hasValue(1);
        assertThat(second).hasValue(1);
    }

    @Test
    void whatWasAnswered_isNotGivenUp() {
        interruption.byAnySignal();
        interruption.onGivenUp(first::incrementAndGet);
        interruption.clear();
        interruption.look();
        assertThat(first).hasValue(0);
    }

    @Test
    void signalAlone_givesNothingUp() {
        interruption.onGivenUp(first::incrementAndGet);
        interruption.signalled();
        interruption.look();
        assertThat(first).hasValue(0);
    }
}
