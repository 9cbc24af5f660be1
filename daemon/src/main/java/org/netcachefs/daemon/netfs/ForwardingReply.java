package org.netcachefs.daemon.netfs;

import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.Reply;

/** Does something before its answer is given; errors and interrupts pass as they are. Thread-safe as {@code reply} is. */
abstract class ForwardingReply<T> implements Reply<T> {
    final Reply<T> reply;

    ForwardingReply(Reply<T> reply) {
        this.reply = reply;
    }

    @Override
    public final boolean error(Errno errno) {
        return reply.error(errno);
    }

    @Override
    public final void onInterrupt(Runnable action) {
        reply.onInterrupt(action);
    }
}
