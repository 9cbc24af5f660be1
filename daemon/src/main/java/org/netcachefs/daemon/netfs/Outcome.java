package org.netcachefs.daemon.netfs;

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

    @SuppressWarnings("NullAway") // the only value of Void
    static boolean done(Reply<Void> reply) {
        return reply.ok(null);
    }
}
