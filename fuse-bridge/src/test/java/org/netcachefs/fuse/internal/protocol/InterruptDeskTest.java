package org.netcachefs.fuse.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InterruptDeskTest {
    private final InterruptDesk desk = new InterruptDesk();

    @AfterEach
    void end() {
        desk.end();
    }

    /** One of a program that handles its signals is looked at every quarter of a second. */
    @Test
    void interruptedRequest_isLookedAtAtOnce_whileAnotherIsLookedAtNowAndThen() throws Exception {
        Interruption handled = new Interruption(1, 0);
        desk.register(handled);
        desk.interrupted(1);
        for (int request = 2; request < 12; request++) {
            TimeUnit.MILLISECONDS.sleep(30);
            CountDownLatch givenUp = new CountDownLatch(1);
            Interruption killed = new Interruption(request, 0);
            killed.byAnySignal();
            killed.onGivenUp(givenUp::countDown);
            desk.register(killed);
            long interrupted = System.nanoTime();
            desk.interrupted(request);
            assertThat(givenUp.await(10, TimeUnit.SECONDS)).isTrue();
            desk.unregister(killed);
            assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - interrupted))
                    .isLessThan(100);
        }
    }

    @Test
    void interruptThatComesBeforeItsRequestWaits_isNotLost() throws Exception {
        CountDownLatch givenUp = new CountDownLatch(1);
        Interruption early = new Interruption(7, 0);
        early.byAnySignal();
        early.onGivenUp(givenUp::countDown);
        desk.interrupted(7);
        desk.register(early);
        assertThat(givenUp.await(10, TimeUnit.SECONDS)).isTrue();
    }
}
