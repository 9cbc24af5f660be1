package org.netcachefs.daemon.netfs;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Asynchronous work done one after the other, in the order it came, without a thread that waits. Thread-safe. */
final class Turns {
    @GuardedBy("this")
    private final Deque<Runnable> waiting = new ArrayDeque<>();

    @GuardedBy("this")
    private boolean taken;

    /** The turn under way is just being begun. */
    @GuardedBy("this")
    private boolean beginning;

    /** It has ended already. */
    @GuardedBy("this")
    private boolean ended;

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
            beginning = true;
        }
        run(turn);
        return answer;
    }

    /** Begins this turn and those after it, as long as each ends at once: one after the other, not one inside the other. */
    private void run(@Nullable Runnable first) {
        for (Runnable turn = first; turn != null; turn = begun()) {
            turn.run();
        }
    }

    private synchronized @Nullable Runnable begun() {
        beginning = false;
        return ended ? next() : null;
    }

    private void end() {
        Runnable next;
        synchronized (this) {
            ended = true;
            next = beginning ? null : next();
        }
        run(next);
    }

    @GuardedBy("this")
    private @Nullable Runnable next() {
        Runnable next = waiting.poll();
        taken = next != null;
        beginning = taken;
        ended = false;
        return next;
    }
}
