package org.netcachefs.daemon.netfs;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.netcachefs.daemon.upstream.OwnThread;
import org.netcachefs.fuse.ErrnoException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The changes of data that programs wait for, each told once when it has been out for longer than the {@link WriteLimit}, if there is one. Thread-safe. */
final class Deadlines {
    private static final Logger LOG = LoggerFactory.getLogger(Deadlines.class);

    /** How much later than due they are told, as a part of the limit. */
    private static final long PART = 8;

    private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Core core;
    private final WriteLimit limit;

    /** Not of the calls on upstream: those that hang would keep it from telling others. */
    private final OwnThread expiry = new OwnThread("netcachefs-expiry");

    private final OwnThread cleaning = new OwnThread("netcachefs-expired");

    /** With the time each began. */
    private final Map<Awaited, Long> out = new ConcurrentHashMap<>();

    private final AtomicBoolean watching = new AtomicBoolean();

    Deadlines(Core core) {
        this.core = core;
        limit = core.config().writeLimit();
    }

    boolean isNone() {
        return limit.isNone();
    }

    /** What somebody waits for. */
    interface Awaited {
        /** It takes too long. Must not wait, for others are told after it. */
        void expire(ErrnoException why);

        /** Whether what it waits for may be another that is out, which is told first: then its handles fail before a program knows. */
        default boolean isOuter() {
            return false;
        }
    }

    /** Until {@link #end}. */
    void begin(Awaited awaited) {
        if (!limit.isNone()) {
            out.put(awaited, core.now());
            watch();
        }
    }

    void end(Awaited awaited) {
        out.remove(awaited);
    }

    private void watch() {
        if (!out.isEmpty() && watching.compareAndSet(false, true)) {
            long nanos = lookNanos();
            try {
                ScheduledFuture<?> unused =
                        core.services().timer().schedule(() -> expiry.run(this::look), nanos, TimeUnit.NANOSECONDS);
            } catch (RejectedExecutionException e) {
                LOG.debug("the timer has ended: what is out is waited for without limit");
            }
        }
    }

    private void look() {
        try {
            long now = core.now();
            long most = limit.after().toNanos();
            expire(false, now - most);
            expire(true, now - most - lookNanos());
        } finally {
            watching.set(false);
            watch();
        }
    }

    private long lookNanos() {
        return Math.min(MOST_NANOS, limit.after().toNanos() / PART + 1);
    }

    private void expire(boolean outer, long latest) {
        out.forEach((awaited, since) -> {
            if (awaited.isOuter() == outer && since - latest <= 0) {
                expire(awaited);
            }
        });
    }

    /** Who cannot be told is told at the next look. */
    private void expire(Awaited awaited) {
        try {
            awaited.expire(why());
            out.remove(awaited);
        } catch (RuntimeException e) {
            LOG.warn("who waits for too long could not be told yet", e);
        }
    }

    /** Drops what is not believed any more: on a thread that may wait for the cache, while nobody waits for it. */
    void drop(Runnable task) {
        cleaning.run(task);
    }

    /** Ends the threads after what they were given. */
    void close() {
        expiry.end();
        cleaning.end();
    }

    private ErrnoException why() {
        return new ErrnoException(
                limit.errno(), "upstream did not answer within " + limit.after().toMillis() + " ms (write-timeout)");
    }
}
