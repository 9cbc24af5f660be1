package org.netcachefs.fuse.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.netcachefs.fuse.internal.protocol.Opcode;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WorkersTest {
    private static final long LONG_AGO = System.nanoTime() - TimeUnit.SECONDS.toNanos(2);

    private final AtomicInteger ended = new AtomicInteger();
    private final AtomicInteger made = new AtomicInteger();
    /** At what one of the workers has served: as one goes to rest, and each time it looks. */
    private final AtomicInteger looks = new AtomicInteger();

    private final Workers workers = new Workers(3, 5, this::worker, ended::incrementAndGet, Long.MAX_VALUE);

    private Workers.Member worker() {
        made.incrementAndGet();
        return new Fake();
    }

    private class Fake implements Workers.Member {
        private final Served served = new Served();
        private volatile boolean waits;
        private boolean isHeldUp;
        private int left;

        @Override
        public void start() {}

        @Override
        public Served served() {
            looks.incrementAndGet();
            served.count(Opcode.READ, 1);
            return served;
        }

        @Override
        public boolean waitsSince(long limit) {
            return waits && LONG_AGO - limit < 0;
        }

        @Override
        public boolean isHeldUp() {
            return isHeldUp;
        }

        @Override
        public boolean waitsUnasked() {
            boolean leaves = workers.leave();
            left += leaves ? 1 : 0;
            return leaves;
        }
    }

    private final Fake first = new Fake();
    private final Fake second = new Fake();
    private final Fake third = new Fake();

    private void start() {
        workers.start(List.of(first, second, third));
    }

    private void twoWaitForLong() {
        assertThat(workers.beginWait()).isTrue();
        assertThat(workers.beginWait()).isTrue();
        first.waits = true;
        second.waits = true;
    }

    private CompletableFuture<Boolean> oneRests() {
        CompletableFuture<Boolean> rest =
                CompletableFuture.supplyAsync(workers::rest, task -> new Thread(task).start());
        while (looks.get() < 10) {
            Thread.onSpinWait();
        }
        return rest;
    }

    @Test
    void oneAlwaysReceives() {
        start();
        assertThat(workers.beginWait()).isTrue();
        assertThat(workers.beginWait()).isTrue();
        assertThat(workers.beginWait()).isFalse();
        assertThat(workers.endWait(first)).isTrue();
        assertThat(workers.beginWait()).isTrue();
        assertThat(made).hasValue(0);
    }

    @Test
    void whoWaitsForLong_isReplacedOnce_andNotNeededAfterwards() {
        start();
        twoWaitForLong();
        for (int i = 0; i < 3; i++) {
            boolean ignored = workers.beginWait();
        }
        assertThat(made.get()).isEqualTo(2);
        int others = 0;
        while (workers.endWait(new Fake())) {
            others++; // those that took the places came back
        }
        assertThat(others).isEqualTo(1);
        assertThat(workers.endWait(first)).isFalse();
    }

    @Test
    void whoIsHeldUp_isReplacedOnce_evenIfAllAre() {
        start();
        workers.replaceHeldUp();
        assertThat(made).hasValue(0);
        first.isHeldUp = true;
        second.isHeldUp = true;
        third.isHeldUp = true;
        for (int i = 0; i < 3; i++) {
            workers.replaceHeldUp();
        }
        assertThat(made).hasValue(2); // five live at most
        assertThat(first.left + second.left + third.left).isEqualTo(2);
        assertThat(workers.endWait(first)).isFalse(); // its place is taken
    }

    @Test
    void session_endsWithTheLastThatReceives_whoeverStillWaits() {
        start();
        assertThat(workers.beginWait()).isTrue();
        workers.left();
        assertThat(ended).hasValue(0);
        workers.left();
        assertThat(ended).hasValue(1);
        assertThat(workers.endWait(first)).isFalse();
        assertThat(ended).hasValue(1);
    }

    @Test
    void whoRests_receivesInsteadOfOneThatWaits() {
        start();
        CompletableFuture<Boolean> rest = oneRests();
        assertThat(workers.beginWait()).isTrue();
        assertThat(rest.join()).isTrue();
        assertThat(workers.beginWait()).isTrue();
        assertThat(workers.beginWait()).isFalse();
    }

    @Test
    void whoComesBackFromWaiting_isNotNeeded_asLongAsEnoughRest() {
        start();
        twoWaitForLong();
        assertThat(workers.beginWait()).isFalse(); // one more was made
        CompletableFuture<Boolean> rest = oneRests();
        assertThat(workers.endWait(first)).isTrue();
        assertThat(workers.endWait(second)).isFalse();
        workers.call();
        assertThat(rest.join()).isTrue();
    }

    @Test
    void whatWasServedByWhoEnded_counts() {
        Fake busy = new Fake();
        busy.served().count(Opcode.WRITE, 1_000_000);
        workers.start(List.of(first, busy));
        long before = workers.work();
        workers.ended(busy);
        workers.ended(busy);
        assertThat(workers.work()).isBetween(before, before + 100);
        assertThat(LongStream.of(workers.workByKind()).max()).hasValue(1_000_000);
    }
}
