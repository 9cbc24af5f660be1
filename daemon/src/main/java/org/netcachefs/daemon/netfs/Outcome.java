package org.netcachefs.daemon.netfs;

import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.Reply;

/** A reply that says only that it is done. */
final class Outcome implements Reply<Boolean> {
    private final Reply<Void> reply;

    Outcome(Reply<Void> reply) {
        this.reply = reply;
    }

    @Override
    public boolean ok(Boolean value) {
        return done(reply);
    }

    @Override
    public boolean error(Errno errno) {
        return reply.error(errno);
    }

    @Override
    public void onInterrupt(Runnable action) {
        reply.onInterrupt(action);
    }

    /** Answers when {@code call} has ended; {@code what} it was is for the log. */
    static void of(CompletionStage<?> call, Supplier<String> what, Reply<Void> reply) {
        call.whenComplete((done, failure) -> {
            if (failure == null) {
                done(reply);
            } else {
                Failures.tell(what, failure);
                reply.error(Failures.errno(failure));
            }
        });
    }

    @SuppressWarnings("NullAway") // the only value of Void
    static boolean done(Reply<Void> reply) {
        return reply.ok(null);
    }
}
