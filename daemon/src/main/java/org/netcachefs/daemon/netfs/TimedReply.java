package org.netcachefs.daemon.netfs;

import java.util.concurrent.atomic.AtomicBoolean;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.Reply;

/** Answers with an error when nobody else has in time. Thread-safe. */
final class TimedReply implements Reply<Void>, Deadlines.Awaited {
    private final Reply<Void> reply;
    private final Deadlines deadlines;
    private final AtomicBoolean given = new AtomicBoolean();

    TimedReply(Reply<Void> reply, Deadlines deadlines) {
        this.reply = reply;
        this.deadlines = deadlines;
        deadlines.begin(this);
    }

    private boolean claim() {
        deadlines.end(this);
        return given.compareAndSet(false, true);
    }

    @Override
    public boolean ok(Void value) {
        return claim() && Outcome.done(reply);
    }

    @Override
    public boolean error(Errno errno) {
        return claim() && reply.error(errno);
    }

    @Override
    public void onInterrupt(Runnable action) {
        reply.onInterrupt(action);
    }

    @Override
    public boolean isOuter() {
        return true;
    }

    @Override
    public void expire(ErrnoException why) {
        error(why.errno());
    }
}
