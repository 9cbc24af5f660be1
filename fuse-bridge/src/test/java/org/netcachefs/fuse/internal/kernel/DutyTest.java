package org.netcachefs.fuse.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A second worker receives while the first can hardly keep up, or does not come back; else it rests. */
class DutyTest {
    private final Duty first = new Duty(null);
    private final Duty second = new Duty(first);
    private final CountDownLatch needed = new CountDownLatch(1);
    private final Thread worker = new Thread(() -> {
        second.awaitNeed();
        needed.countDown();
    });

    @AfterEach
    void end() throws Exception {
        first.over();
        worker.join(TimeUnit.SECONDS.toMillis(10));
        assertThat(worker.isAlive()).as("rests though the session is over").isFalse();
    }

    private void awaitRest() {
        worker.start();
        await().until(() -> worker.getState() == Thread.State.WAITING);
    }

    @Test
    void theFirst_alwaysReceives() {
        first.awaitNeed();
    }

    @Test
    void theSecond_restsWithoutATimer_whileThereIsNothingToDo() {
        awaitRest();
        assertThat(needed.getCount()).isOne();
    }

    @Test
    void theSecond_isCalled_whenTheFirstDoesNotComeBackFromARequest() throws Exception {
        awaitRest();
        first.begins();
        assertThat(needed.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void theSecond_rests_whileTheFirstKeepsUp() throws Exception {
        awaitRest();
        long end = System.nanoTime() + Duration.ofMillis(200).toNanos();
        while (System.nanoTime() < end) {
            first.begins();
            first.ends();
            Thread.sleep(1);
        }
        assertThat(needed.getCount()).isOne();
    }

    @Test
    void theSecond_goesToRestAgain_whenItHasLittleToDo() throws Exception {
        awaitRest();
        first.begins();
        assertThat(needed.await(10, TimeUnit.SECONDS)).isTrue();
        first.ends();
        Thread receiving = new Thread(() -> {
            for (int i = 0; i < 1000; i++) {
                second.awaitNeed();
                second.begins();
                second.ends();
            }
        });
        receiving.start();
        await().until(() -> receiving.getState() == Thread.State.WAITING);
        first.over();
        receiving.join(TimeUnit.SECONDS.toMillis(10));
        assertThat(receiving.isAlive()).isFalse();
    }
}
