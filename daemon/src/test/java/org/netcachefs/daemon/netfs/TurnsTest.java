package org.netcachefs.daemon.netfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TurnsTest {
    private final Turns turns = new Turns();

    @Test
    void turnsThatEndAtOnce_areManyBehindOneThatDoesNot() {
        CompletableFuture<Integer> first = new CompletableFuture<>();
        List<Integer> order = new ArrayList<>();
        turns.take(() -> first);
        for (int i = 0; i < 100_000; i++) {
            int number = i;
            turns.take(() -> {
                order.add(number);
                return CompletableFuture.completedFuture(number);
            });
        }
        assertThat(order).isEmpty();
        first.complete(0);
        assertThat(order).hasSize(100_000).isSorted();
        assertThat(turns.take(() -> CompletableFuture.completedFuture(7))).isCompletedWithValue(7);
    }

    @Test
    void turnsOfManyThreads_areNeverTwoAtOnce_andNoneIsLost() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<CompletionStage<Boolean>> all = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            boolean later = i % 3 != 0;
            all.add(CompletableFuture.supplyAsync(() -> null, threads)
                    .thenCompose(none -> turns.take(() -> {
                        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                        CompletableFuture<Boolean> turn = new CompletableFuture<>();
                        Runnable end = () -> {
                            inside.decrementAndGet();
                            turn.complete(true);
                        };
                        if (later) {
                            threads.execute(end);
                        } else {
                            end.run();
                        }
                        return turn;
                    })));
        }
        for (CompletionStage<Boolean> each : all) {
            assertThat(each.toCompletableFuture().get(30, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(most).hasValue(1);
        threads.shutdown();
    }
}
