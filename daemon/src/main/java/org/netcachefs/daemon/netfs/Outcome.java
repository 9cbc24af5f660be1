package org.netcachefs.daemon.netfs;

import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.Reply;
import org.netcachefs.fuse.ValidAttributes;

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

    /** As {@link #of}, with what upstream says of the node afterwards. */
    static void shown(Core core, CompletionStage<Look> call, Supplier<String> what, Reply<ValidAttributes> reply) {
        call.whenComplete((look, failure) -> {
            if (failure == null) {
                reply.ok(core.shownAfterChange(look));
            } else {
                Failures.tell(what, failure);
                reply.error(Failures.errno(failure));
            }
        });
    }

    /** Answers the release of a handle that was {@code known}. */
    static void released(boolean known, Reply<Void> reply) {
        if (known) {
            done(reply);
        } else {
            reply.error(Errno.EBADF);
        }
    }

    @SuppressWarnings("NullAway") // the only value of Void
    static boolean done(Reply<Void> reply) {
        return reply.ok(null);
    }
}
