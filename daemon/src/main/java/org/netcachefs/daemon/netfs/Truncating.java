package org.netcachefs.daemon.netfs;

import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.Reply;
import org.netcachefs.fuse.ValidAttributes;

/** Answers with what was opened when it has been truncated. */
abstract class Truncating<T> extends ForwardingReply<T> {
    Truncating(Reply<T> reply) {
        super(reply);
    }

    abstract void truncate(T opened, Reply<ValidAttributes> answer);

    /** The answer, with what the file is now. */
    abstract T with(T opened, ValidAttributes now);

    abstract void undo(T opened);

    @Override
    public boolean ok(T opened) {
        truncate(opened, new Reply<>() {
            @Override
            public boolean ok(ValidAttributes now) {
                boolean taken = reply.ok(with(opened, now));
                if (!taken) {
                    undo(opened);
                }
                return taken;
            }

            @Override
            public boolean error(Errno errno) {
                undo(opened);
                return reply.error(errno);
            }

            @Override
            public void onInterrupt(Runnable action) {
                reply.onInterrupt(action);
            }
        });
        return true;
    }
}
