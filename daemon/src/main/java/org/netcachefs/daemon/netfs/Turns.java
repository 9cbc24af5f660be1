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
    private final Deque<Turn> waiting = new ArrayDeque<>();

    @GuardedBy("this")
    private boolean taken;

    /** The turn under way is just being begun. */
    @GuardedBy("this")
    private boolean beginning;

    /** It has ended already. */
    @GuardedBy("this")
    private boolean ended;

    /** What is done in a turn. */
    interface Work<T> {
        /** {@code here}: for whoever calls, who had not to wait for it; else for whoever ended the turn before, who has others waiting. */
        CompletionStage<T> begin(boolean here);
    }

    private interface Turn {
        void begin(boolean here);
    }

    /** As {@link #take(Work)}. */
    <T> CompletionStage<T> take(Supplier<CompletionStage<T>> work) {
        return take(here -> work.get());
    }

    /** Begins {@code work}, which must not throw, when all that came before has ended: it ends, as what is returned does, with the stage it returns. */
    <T> CompletionStage<T> take(Work<T> work) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Turn turn = here -> work.begin(here).whenComplete((result, failure) -> {
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
        turn.begin(true);
        run(begun());
        return answer;
    }

    /** Begins this turn and those after it, as long as each ends at once: one after the other, not one inside the other. */
    private void run(@Nullable Turn first) {
        for (Turn turn = first; turn != null; turn = begun()) {
            turn.begin(false);
        }
    }

    private synchronized @Nullable Turn begun() {
        beginning = false;
        return ended ? next() : null;
    }

    private void end() {
        Turn next;
        synchronized (this) {
            ended = true;
            next = beginning ? null : next();
        }
        run(next);
    }

    @GuardedBy("this")
    private @Nullable Turn next() {
        Turn next = waiting.poll();
        taken = next != null;
        beginning = taken;
        ended = false;
        return next;
    }
}
