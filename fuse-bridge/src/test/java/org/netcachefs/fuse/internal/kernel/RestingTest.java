package org.netcachefs.fuse.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RestingTest {
    private final Receiving receiving = new Receiving();
    private final AtomicLong looks = new AtomicLong();
    private volatile boolean othersServe = true;
    private final Resting resting = new Resting(receiving, 1, this::work, choosing(Long.MAX_VALUE));

    private long[] workByKind() {
        long[] work = new long[Served.KINDS];
        work[1] = looks.get();
        return work;
    }

    private FewOrAllByKind choosing(long trialNanos) {
        return new FewOrAllByKind(this::workByKind, trialNanos);
    }

    private long work() {
        long look = looks.incrementAndGet();
        return othersServe ? look : Long.MAX_VALUE;
    }

    @BeforeEach
    void threeReceive() {
        receiving.begin(3);
    }

    private CompletableFuture<Boolean> oneRests() {
        int before = resting.size();
        CompletableFuture<Boolean> rest =
                CompletableFuture.supplyAsync(resting::rest, task -> new Thread(task).start());
        while (resting.size() == before) {
            Thread.onSpinWait();
        }
        long then = looks.get();
        while (looks.get() < then + 3) {
            Thread.onSpinWait();
        }
        return rest;
    }

    @Test
    void restsAsLongAsTheOthersServe() {
        CompletableFuture<Boolean> rest = oneRests();
        assertThat(rest).isNotDone();
        assertThat(receiving.count()).isEqualTo(2);
        othersServe = false;
        assertThat(rest.join()).isTrue();
        assertThat(receiving.count()).isEqualTo(3);
    }

    @Test
    void whetherAllServeMore_isTried() {
        FewOrAllByKind choice = choosing(1_000_000);
        Resting trying = new Resting(receiving, 1, this::work, choice);
        assertThat(trying.rest()).isTrue();
        assertThat(looks.get()).isGreaterThanOrEqualTo(FewOrAll.COMPARED);
        assertThat(receiving.count()).isEqualTo(3);
    }

    @Test
    void whatIsNotQuick_saysNothingOfWhetherAllServeMore() {
        FewOrAllByKind choice = choosing(10);
        long begun = System.nanoTime();
        Resting trying = new Resting(receiving, 1, this::work, choice);
        for (int i = 1; i < 10 * FewOrAll.COMPARED; i++) {
            trying.disturb(1);
            looks.incrementAndGet();
            assertThat(choice.isFew(begun + 100L * i)).isTrue();
        }
    }

    @Test
    void fewGoOn() {
        CompletableFuture<Boolean> first = oneRests();
        assertThat(resting.fewReceive()).isFalse();
        CompletableFuture<Boolean> second = oneRests();
        assertThat(resting.fewReceive()).isTrue();
        assertThat(resting.rest()).isTrue();
        assertThat(receiving.count()).isEqualTo(1);
        othersServe = false;
        assertThat(first.join()).isTrue();
        assertThat(second.join()).isTrue();
        assertThat(receiving.count()).isEqualTo(3);
    }

    @Test
    void whoIsCalled_receives() {
        resting.call();
        CompletableFuture<Boolean> rest = oneRests();
        resting.call();
        assertThat(receiving.count()).isEqualTo(3);
        assertThat(rest.join()).isTrue();
        resting.call();
        assertThat(receiving.count()).isEqualTo(3);
    }

    @Test
    void endOfTheSession_endsWhoRests() {
        CompletableFuture<Boolean> rest = oneRests();
        assertThat(receiving.end()).isFalse();
        assertThat(receiving.end()).isTrue();
        resting.end();
        assertThat(rest.join()).isFalse();
        assertThat(receiving.isOver()).isTrue();
    }
}
