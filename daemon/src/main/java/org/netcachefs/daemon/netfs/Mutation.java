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
 * A call that changes upstream, made for a request. Interrupted before it is sent, it is never sent and fails with EINTR; once sent it ends when it returns, however late.
 * Thread-safe.
 */
final class Mutation<T> implements Body<T> {
    private enum State {
        WAITING,
        SENT,
        WITHDRAWN
    }

    private final Body<T> body;
    private final CompletableFuture<T> answer = new CompletableFuture<>();
    private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);

    private Mutation(Body<T> body) {
        this.body = body;
    }

    /** Hands {@code body} to {@code sender}, who has it called when its turn has come; {@code reply} may be interrupted. */
    static <T> CompletionStage<T> of(Reply<?> reply, Body<T> body, Function<Body<T>, CompletionStage<T>> sender) {
        Mutation<T> mutation = new Mutation<>(body);
        sender.apply(mutation).whenComplete(mutation::ended);
        reply.onInterrupt(mutation::withdraw);
        return mutation.answer;
    }

    /** As {@link #of}, of names and attributes, by {@code who}. */
    static <T> CompletionStage<T> change(Core core, Identity who, Reply<?> reply, Body<T> body) {
        return of(reply, body, sent -> core.services().upstream().run(Lane.CHANGE, who, sent));
    }

    @Override
    public T call(UpstreamTree tree) throws ErrnoException {
        if (!state.compareAndSet(State.WAITING, State.SENT)) {
            throw withdrawn();
        }
        return body.call(tree);
    }

    private void ended(T result, Throwable failure) {
        if (failure == null) {
            answer.complete(result);
        } else {
            answer.completeExceptionally(failure);
        }
    }

    private void withdraw() {
        if (state.compareAndSet(State.WAITING, State.WITHDRAWN)) {
            answer.completeExceptionally(withdrawn());
        }
    }

    private static ErrnoException withdrawn() {
        return new ErrnoException(Errno.EINTR, "interrupted before it was sent");
    }
}
