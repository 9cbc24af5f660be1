package org.netcachefs.fuse.internal.protocol;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of one request whose thread got a signal. The kernel reports any signal, and only the first; to fail the call for one
 * that the program just handles would surprise it. So it is given up when the thread is to die, or has waited for long. Thread-safe.
 */
public final class Interruption {
    /** For programs that handle the signal by which they are asked to stop. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final long request;
    private final int thread;
    private final long since = System.nanoTime();
    private volatile boolean byAnySignal;
    private volatile boolean signalled;

    @GuardedBy("this")
    private boolean givenUp;

    @GuardedBy("this")
    private @Nullable Runnable action;

    /** {@code thread} is 0 when it cannot be seen from here. */
    public Interruption(long request, int thread) {
        this.request = request;
        this.thread = thread;
    }

    /** The kernel's number of the request. */
    public long request() {
        return request;
    }

    /** Any signal ends the wait at once, as programs expect of a lock they wait for. */
    public void byAnySignal() {
        byAnySignal = true;
    }

    /** The kernel says that the thread got a signal. */
    public void signalled() {
        signalled = true;
    }

    /** Whether it has to be looked at. */
    public boolean isSignalled() {
        return signalled;
    }

    /** Runs {@code giveUp} when the request is given up, at once if it is; replaces an earlier one. */
    public void onGivenUp(Runnable giveUp) {
        synchronized (this) {
            if (!givenUp) {
                action = giveUp;
                return;
            }
        }
        giveUp.run();
    }

    /** There is nothing to be given up any more. */
    public synchronized void clear() {
        action = null;
    }

    /** Gives up if it is time to. */
    void look() {
        boolean isTime = byAnySignal || System.nanoTime() - since >= PATIENCE_NANOS || PendingSignals.kill(thread);
        Runnable giveUp = isTime ? giveUp() : null;
        if (giveUp != null) {
            giveUp.run();
        }
    }

    private synchronized @Nullable Runnable giveUp() {
        givenUp = true;
        Runnable taken = action;
        action = null;
        return taken;
    }
}
