package org.netcachefs.daemon.upstream;

import java.util.concurrent.CompletableFuture;
import org.netcachefs.daemon.upstream.UpstreamCalls.Abandoned;
import org.netcachefs.daemon.upstream.UpstreamCalls.Body;
import org.netcachefs.fuse.ErrnoException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One call on upstream and the stage its caller waits on, completed once: by the body, or by giving up. Thread-safe. */
final class Call<T> {
    private static final Logger LOG = LoggerFactory.getLogger(Call.class);

    private final CompletableFuture<T> answer = new CompletableFuture<>();
    private final Body<T> body;
    private final Abandoned<T> abandoned;

    Call(Body<T> body, Abandoned<T> abandoned) {
        this.body = body;
        this.abandoned = abandoned;
    }

    CompletableFuture<T> answer() {
        return answer;
    }

    boolean isAnswered() {
        return answer.isDone();
    }

    /** Runs the body; what is returned hands its outcome on, and runs the caller's continuations. */
    Outcome make(UpstreamTree tree) {
        try {
            T result = body.call(tree);
            return new Outcome(null, () -> succeed(result));
        } catch (Throwable failure) { // whatever it is, somebody waits for it
            return new Outcome(failure, () -> fail(failure));
        }
    }

    private void succeed(T result) {
        if (answer.complete(result)) {
            return;
        }
        try {
            abandoned.late(result);
        } catch (RuntimeException e) {
            LOG.warn("undoing a call that was given up failed", e);
        }
    }

    /** Completes exceptionally, unless completed before. */
    boolean fail(Throwable failure) {
        if (!(failure instanceof ErrnoException)) {
            LOG.error("a call on upstream broke", failure);
        }
        return answer.completeExceptionally(failure);
    }

    /** How a body ended, not yet known to its caller. */
    record Outcome(@org.jspecify.annotations.Nullable Throwable failure, Runnable deliver) {}
}
