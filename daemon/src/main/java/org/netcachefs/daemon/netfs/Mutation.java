package org.netcachefs.daemon.netfs;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.netcachefs.daemon.upstream.Identity;
import org.netcachefs.daemon.upstream.UpstreamCalls.Body;
import org.netcachefs.daemon.upstream.UpstreamCalls.Lane;
import org.netcachefs.daemon.upstream.UpstreamTree;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.Reply;

/**
 * A call that changes upstream, made for a request. Interrupted before it is sent, it is never sent and fails with EINTR; once sent it ends when it returns, however late,
 * and is answered then, unless its time is limited. Thread-safe.
 */
final class Mutation<T> implements Body<T>, Deadlines.Awaited {
    private enum State {
        WAITING,
        SENT,
        RETURNED,
        /** Answered before it was sent, which it never is. */
        WITHDRAWN,
        /** Answered while it was out. */
        OVERDUE
    }

    /** What becomes of a call that is answered while it is out. */
    interface Overdue {
        /** Before it is answered with an error. Must not wait. */
        void passed();

        /** It has returned after all. Where its body ran: in its turn, if it has one. */
        void landed();
    }

    private static final Overdue NEVER = new Overdue() {
        @Override
        public void passed() {}

        @Override
        public void landed() {}
    };

    private final Body<T> body;
    private final Overdue overdue;
    private final CompletableFuture<T> answer = new CompletableFuture<>();
    private final CompletableFuture<Boolean> over = new CompletableFuture<>();
    private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);

    private Mutation(Body<T> body, Overdue overdue) {
        this.body = body;
        this.overdue = overdue;
    }

    /** Of names and attributes, by {@code who}; {@code reply} may be interrupted. */
    static <T> CompletionStage<T> change(Core core, Identity who, Reply<?> reply, Body<T> body) {
        Mutation<T> mutation = new Mutation<>(body, NEVER);
        mutation.send(sent -> core.services().upstream().runHere(Lane.CHANGE, who.makes(sent)));
        return mutation.interruptedBy(reply).answer;
    }

    /** Hands {@code body} to {@code sender}, who has it called when its turn has come; answered with an error when its time is over. */
    static <T> Mutation<T> limited(
            Deadlines deadlines, Overdue overdue, Body<T> body, Function<Body<T>, CompletionStage<T>> sender) {
        Mutation<T> mutation = new Mutation<>(body, overdue);
        deadlines.begin(mutation);
        mutation.answer().whenComplete((result, failure) -> deadlines.end(mutation));
        mutation.send(sender);
        return mutation;
    }

    private void send(Function<Body<T>, CompletionStage<T>> sender) {
        sender.apply(this).whenComplete(this::ended);
    }

    /** From now on {@code reply} may be interrupted. */
    Mutation<T> interruptedBy(Reply<?> reply) {
        reply.onInterrupt(() -> withdraw(new ErrnoException(Errno.EINTR, "interrupted before it was sent")));
        return this;
    }

    /** What the program is told. */
    CompletionStage<T> answer() {
        return answer;
    }

    /** Completes when what the body uses is not in use any more. */
    CompletionStage<Boolean> over() {
        return over;
    }

    @Override
    public T call(UpstreamTree tree) throws ErrnoException {
        if (!state.compareAndSet(State.WAITING, State.SENT)) {
            throw new ErrnoException(Errno.EINTR, "answered before it was sent");
        }
        try {
            return body.call(tree);
        } finally {
            if (!state.compareAndSet(State.SENT, State.RETURNED)) {
                overdue.landed();
            }
        }
    }

    private void ended(T result, Throwable failure) {
        over.complete(true);
        if (state.get() == State.OVERDUE) {
            return; // given up: told so, whatever became of it
        }
        if (failure == null) {
            answer.complete(result);
        } else {
            answer.completeExceptionally(failure);
        }
    }

    private void withdraw(ErrnoException why) {
        if (state.compareAndSet(State.WAITING, State.WITHDRAWN)) {
            over.complete(true);
            answer.completeExceptionally(why);
        }
    }

    @Override
    public void expire(ErrnoException why) {
        withdraw(why);
        if (state.compareAndSet(State.SENT, State.OVERDUE)) {
            try {
                overdue.passed();
            } finally {
                answer.completeExceptionally(why);
            }
        }
    }
}
