package org.netcachefs.daemon.netfs;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Asynchronous work done one after the other, in the order it came, without a thread that waits. Thread-safe. */
final class Turns {
    @GuardedBy("this")
    private final Deque<Runnable> waiting = new ArrayDeque<>();

    @GuardedBy("this")
    private boolean taken;

    /** Begins {@code work}, which must not throw, when all that came before has ended: it ends, as what is returned does, with the stage it returns. */
    <T> CompletionStage<T> take(Supplier<CompletionStage<T>> work) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Runnable turn = () -> work.get().whenComplete((result, failure) -> {
            end();
            if (failure == null) {
                answer.complete(result);
            } else {
                answer.completeExceptionally(failure);
            }
        });
        synchronized (this) {
            if (taken) {
                waiting.add(turn);
                return answer;
            }
            taken = true;
        }
        turn.run();
        return answer;
    }

    private void end() {
        Runnable next;
        synchronized (this) {
            next = waiting.poll();
            taken = next != null;
        }
        if (next != null) {
            next.run();
        }
    }
}
