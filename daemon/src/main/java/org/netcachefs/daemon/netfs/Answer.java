package org.netcachefs.daemon.netfs;

import java.util.concurrent.atomic.AtomicBoolean;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.Reply;

/** A reply that is parked: answered once, with EINTR if the kernel gives up on it first. Thread-safe. */
final class Answer<T> {
    private final Reply<T> reply;
    private final AtomicBoolean given = new AtomicBoolean();

    Answer(Reply<T> reply) {
        this.reply = reply;
        reply.onInterrupt(() -> error(Errno.EINTR));
    }

    boolean isGiven() {
        return given.get();
    }

    /** False when nobody takes it: the caller undoes what it made. */
    boolean ok(T value) {
        return given.compareAndSet(false, true) && reply.ok(value);
    }

    void error(Errno errno) {
        if (given.compareAndSet(false, true)) {
            reply.error(errno);
        }
    }
}
