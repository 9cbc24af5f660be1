package org.netcachefs.fuse.internal.libfuse;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.internal.protocol.Interruption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An answer a callback of libfuse waits for. The receiver that runs the callback owns it and calls {@link #await}; the file
 * system answers from any thread. Thread-safe.
 *
 * <p>States: WAITING → ANSWERING → ANSWERED, or WAITING → ABANDONED when the owner gives up (session over, too many waiting).
 * LENT is WAITING while the file system works in memory of libfuse; it cannot be given up then.
 */
abstract class Parking {
    private static final Logger LOG = LoggerFactory.getLogger(Parking.class);

    private static final int WAITING = 0;
    private static final int LENT = 1;
    private static final int ANSWERING = 2;
    private static final int ANSWERED = 3;
    private static final int ABANDONED = 4;

    private final Receiver owner;
    private final Interruption interruption;
    private final AtomicInteger state = new AtomicInteger(WAITING);
    private volatile @Nullable Errno error;

    Parking(Receiver owner) {
        this.owner = owner;
        this.interruption = owner.interruption();
    }

    final Receiver owner() {
        return owner;
    }

    /** The kernel's number of the request this is part of. */
    final long request() {
        return interruption.request();
    }

    /** Shared by all that is waited for during one request. */
    final Interruption interruption() {
        return interruption;
    }

    /** Takes the right to answer: true for exactly one caller, who must go on to {@link #answered} or {@link #takeBack}. */
    final boolean claim() {
        if (state.compareAndSet(WAITING, ANSWERING) || state.compareAndSet(LENT, ANSWERING)) {
            return true;
        }
        if (state.get() != ABANDONED) {
            LOG.warn("a second answer to request {} was ignored", Long.toHexString(request()));
        }
        return false;
    }

    /** Takes memory of libfuse for as long as the request is not answered. False when it was given up. */
    final boolean lend() {
        return state.get() == LENT || state.compareAndSet(WAITING, LENT);
    }

    final boolean isAnswered() {
        return state.get() == ANSWERED;
    }

    final void answered() {
        state.set(ANSWERED);
        wake();
    }

    /** The claimed answer could not be made after all: another one may come. */
    final void takeBack() {
        state.set(WAITING);
        wake();
    }

    private void wake() {
        if (Thread.currentThread() != owner) {
            LockSupport.unpark(owner);
        }
    }

    public final boolean error(Errno errno) {
        if (!claim()) {
            return false;
        }
        fail(errno);
        return true;
    }

    /** Answers a claimed request with an error. */
    final void fail(Errno errno) {
        error = errno;
        answered();
    }

    /** Called by the owner when the file system threw: an answer given before stands, a later one is refused. */
    final boolean giveUp() {
        return state.compareAndSet(WAITING, ABANDONED) || state.compareAndSet(LENT, ABANDONED);
    }

    public final void onInterrupt(Runnable action) {
        interruption.onGivenUp(action);
    }

    /** Waits for the answer; by the owner, once. */
    final void await() throws ErrnoException {
        try {
            if (state.get() != ANSWERED) {
                park();
            }
        } finally {
            interruption.clear();
        }
        Errno failed = error;
        if (failed != null) {
            throw new ErrnoException(failed, "answered");
        }
    }

    private void park() throws ErrnoException {
        ReceiverPool pool = owner.pool();
        if (!pool.beginPark(this)) {
            if (state.compareAndSet(WAITING, ABANDONED)) {
                throw new ErrnoException(pool.limitErrno(), "too many requests are waiting");
            }
            // It is being answered this moment, or works in our memory: both are short.
            waitUntilAnswered(pool);
            return;
        }
        try {
            waitUntilAnswered(pool);
        } finally {
            pool.endPark(this);
        }
    }

    private void waitUntilAnswered(ReceiverPool pool) throws ErrnoException {
        while (state.get() != ANSWERED) {
            if (pool.isEnding() && state.compareAndSet(WAITING, ABANDONED)) {
                throw new ErrnoException(Errno.EIO, "the mount is gone");
            }
            LockSupport.park(this);
        }
    }
}
