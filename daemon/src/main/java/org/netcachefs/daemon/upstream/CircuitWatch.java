package org.netcachefs.daemon.upstream;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread that looks at the calls out every so often, and sleeps while there are none. Thread-safe. */
final class CircuitWatch {
    private static final Logger LOG = LoggerFactory.getLogger(CircuitWatch.class);
    private static final long SHORTEST_MILLIS = 2;
    private static final long LONGEST_MILLIS = 500;

    private final Watched watched;
    private final long pauseMillis;
    private volatile boolean asleep;

    @GuardedBy("this")
    private boolean ended;

    CircuitWatch(Watched watched, Duration timeout) {
        this.watched = watched;
        this.pauseMillis = Math.max(SHORTEST_MILLIS, Math.min(LONGEST_MILLIS, timeout.toMillis() / 16));
    }

    void start(String name) {
        Thread thread = new Thread(this::run, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        while (pause(pauseMillis)) {
            lookSafely();
            asleep = true;
            if (watched.isQuiet() && !pause(0)) {
                return;
            }
            asleep = false;
        }
    }

    /** Nothing that breaks ends the watch: without it a hung upstream would hang everybody. */
    private void lookSafely() {
        try {
            watched.look();
        } catch (RuntimeException | Error e) {
            LOG.error("looking at the calls on upstream", e);
        }
    }

    /** Waits for so long, 0 until something happens; false when it is time to end. Waking too early does no harm. */
    @SuppressWarnings("WaitNotInLoop")
    private synchronized boolean pause(long millis) {
        try {
            if (!ended && (millis > 0 || asleep)) {
                wait(millis);
            }
        } catch (InterruptedException e) {
            return true; // nobody interrupts this thread; looking once more does no harm
        }
        return !ended;
    }

    /** A call was added. */
    void attend() {
        if (asleep) {
            synchronized (this) {
                asleep = false;
                notifyAll();
            }
        }
    }

    synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** What is looked at. */
    interface Watched {
        void look();

        /** Whether nothing can happen before the next call is added. */
        boolean isQuiet();
    }
}
