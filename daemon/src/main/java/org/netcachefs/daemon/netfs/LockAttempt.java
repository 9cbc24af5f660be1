package org.netcachefs.daemon.netfs;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.netcachefs.daemon.upstream.ByteLock;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.LockRequest;
import org.netcachefs.fuse.Reply;

/** A lock somebody wants, tried once or, if he waits for it, until it is granted. While no call is under way it may be given up; a grant that the kernel was not told of yet
 * is undone then. Thread-safe. */
final class LockAttempt {
    private final OpenFile file;
    private final FileLocks locks;
    private final LockRequest request;
    private final Reply<Void> reply;
    private final Runnable ended;

    @GuardedBy("this")
    private State state = State.TRYING;

    @GuardedBy("this")
    private boolean interrupted;

    @GuardedBy("this")
    private boolean retried;

    /** It waited although it is not to. */
    @GuardedBy("this")
    private boolean waitedOnce;

    @GuardedBy("this")
    private Runnable undo = () -> {};

    private enum State {
        /** Its turn comes. */
        TRYING,
        /** Upstream is being asked. */
        SENT,
        /** Refused, to be tried again. */
        WAITING,
        /** Refused for good, about to be told so. */
        REFUSED,
        /** Granted, and the kernel is being told what to drop before it is told of that. */
        GRANTED,
        /** It was granted, and is not wanted any more. */
        UNDONE,
        DONE
    }

    /** {@code ended} runs once, when it will not be tried again; what is to be undone then is still to be undone. */
    LockAttempt(OpenFile file, FileLocks locks, LockRequest request, Reply<Void> reply, Runnable ended) {
        this.file = file;
        this.locks = locks;
        this.request = request;
        this.reply = reply;
        this.ended = ended;
    }

    OpenFile file() {
        return file;
    }

    FileLocks locks() {
        return locks;
    }

    LockRequest request() {
        return request;
    }

    LockOwner owner() {
        return LockOwner.of(request);
    }

    ByteLock lock() {
        return ByteLock.of(request);
    }

    /** To be called once, before it is tried. */
    void heedInterrupts() {
        reply.onInterrupt(() -> interrupt().run());
    }

    /** What follows from it now. */
    private synchronized Runnable interrupt() {
        interrupted = true;
        return switch (state) {
            case TRYING, WAITING -> () -> error(Errno.EINTR);
            case GRANTED -> undoing();
            case SENT, REFUSED, UNDONE, DONE -> () -> {};
        };
    }

    @GuardedBy("this")
    private Runnable undoing() {
        state = State.UNDONE;
        return undo;
    }

    /** Whether it is to be tried again now. */
    synchronized boolean retry() {
        boolean waits = state == State.WAITING;
        if (waits) {
            state = State.TRYING;
            retried = true;
        }
        return waits;
    }

    /** Whether it waited, and its turn comes. */
    synchronized boolean isDue() {
        return retried && state == State.TRYING;
    }

    /** Whether only one of both can be granted. */
    boolean conflicts(LockAttempt other) {
        LockOwner owner = owner();
        return owner.flock() == other.owner().flock() && !owner.equals(other.owner()) && lock().conflicts(other.lock());
    }

    /** Whether it is not the first time. */
    synchronized boolean wasRefused() {
        return retried;
    }

    /** False when it was given up. */
    synchronized boolean send() {
        boolean goesOn = state == State.TRYING && !interrupted;
        if (goesOn) {
            state = State.SENT;
        }
        return goesOn;
    }

    /** Refused: whether it goes on waiting. */
    boolean waits() {
        return request.blocking() && waitsOn();
    }

    /** Refused: whether it waits all the same, until {@link #waitsNoMore}; once. */
    boolean waitsOnce() {
        synchronized (this) {
            if (waitedOnce) {
                return false;
            }
            waitedOnce = true;
        }
        return waitsOn();
    }

    /** Refused for good, unless it is just being tried again. */
    void waitsNoMore() {
        if (stopsWaiting()) {
            refused();
        }
    }

    private synchronized boolean stopsWaiting() {
        boolean waits = state == State.WAITING;
        if (waits) {
            state = State.REFUSED;
        }
        return waits;
    }

    private boolean waitsOn() {
        if (!goesOn()) {
            return false;
        }
        locks.await(this);
        if (isDone()) { // given up in this moment
            locks.leave(this);
        }
        return true;
    }

    private synchronized boolean goesOn() {
        boolean waits = state != State.DONE && !interrupted;
        if (waits) {
            state = State.WAITING;
        }
        return waits;
    }

    private synchronized boolean isDone() {
        return state == State.DONE;
    }

    private boolean end() {
        synchronized (this) {
            if (state == State.DONE) {
                return false;
            }
            state = State.DONE;
        }
        locks.leave(this);
        ended.run();
        return true;
    }

    /** Upstream granted it. {@code undoing} runs at most once, when it turns out that nobody takes it; {@link #undone} is to be told then. */
    void granted(Runnable undoing) {
        Runnable next;
        synchronized (this) {
            undo = undoing;
            state = State.GRANTED;
            next = interrupted ? undoing() : () -> {};
        }
        next.run();
    }

    /** The kernel was told: answers, unless it was interrupted meanwhile. */
    void answer() {
        Runnable ifNotTaken;
        synchronized (this) {
            if (state != State.GRANTED) {
                return;
            }
            ifNotTaken = undoing();
        }
        if (!end() || !Outcome.done(reply)) {
            ifNotTaken.run();
        }
    }

    /** It was granted, and is not any more. */
    void undone() {
        error(Errno.EINTR);
    }

    /** Refused for good. */
    void refused() {
        error(isInterrupted() ? Errno.EINTR : Errno.EAGAIN);
    }

    void error(Errno errno) {
        if (end()) {
            reply.error(errno);
        }
    }

    private synchronized boolean isInterrupted() {
        return interrupted;
    }
}
