package org.netcachefs.fuse.internal.kernel;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The workers of one session: those that receive, and those that may wait, of whom there are never so many that nobody receives. One that has been
 * waiting for long is replaced once the others have not enough. Thread-safe.
 */
final class Workers {
    private static final Logger LOG = LoggerFactory.getLogger(Workers.class);
    private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final int base;
    private final int most;
    private final Supplier<? extends Member> maker;
    private final Runnable ended;

    /** Those that do not wait. 0 is the end: nobody receives any more. */
    private final AtomicInteger receiving = new AtomicInteger();

    @GuardedBy("this")
    private final Set<Member> live = new HashSet<>();

    /** Those that wait and in whose place there is another. */
    @GuardedBy("this")
    private final Set<Member> replaced = new HashSet<>();

    /** {@code base} receive as long as nobody waits, {@code most} live; {@code maker} makes one more; {@code ended} runs when the last has stopped receiving. */
    Workers(int base, int most, Supplier<? extends Member> maker, Runnable ended) {
        this.base = base;
        this.most = most;
        this.maker = maker;
        this.ended = ended;
    }

    /** Starts these; to be called once. */
    void start(List<? extends Member> first) {
        receiving.set(first.size());
        first.forEach(this::start);
    }

    /** The process may have no more threads: those it has go on. */
    private void start(Member worker) {
        synchronized (this) {
            live.add(worker);
        }
        try {
            worker.start();
        } catch (OutOfMemoryError e) {
            LOG.warn("a worker cannot be started");
            ended(worker);
            left();
        }
    }

    /** The calling worker may wait from now on, until {@link #endWait}; false: it must not, as nobody else would receive. */
    boolean beginWait() {
        for (int now = receiving.get(); now > 1; now = receiving.get()) {
            if (receiving.compareAndSet(now, now - 1)) {
                return true;
            }
        }
        replaceOne();
        return false;
    }

    /** The calling worker, which waited since {@code since}, receives again. False: it is not needed any more, or the session is over. */
    boolean endWait(Member worker, long since) {
        if (System.nanoTime() - since > LONG_NANOS) {
            synchronized (this) {
                replaced.remove(worker);
            }
        }
        for (int now = receiving.get(); now > 0 && now < base; now = receiving.get()) {
            if (receiving.compareAndSet(now, now + 1)) {
                return true;
            }
        }
        return false;
    }

    /** In the place of one that has been waiting for long. */
    private void replaceOne() {
        if (isOneMissed()) {
            oneMore();
        }
    }

    private synchronized boolean isOneMissed() {
        long limit = System.nanoTime() - LONG_NANOS;
        for (Member worker : live) {
            if (worker.waitsSince(limit) && live.size() < most && replaced.add(worker)) {
                return true;
            }
        }
        return false;
    }

    private void oneMore() {
        for (int now = receiving.get(); now > 0; now = receiving.get()) {
            if (receiving.compareAndSet(now, now + 1)) {
                start(maker.get());
                return;
            }
        }
    }

    /** The worker's thread ends. */
    synchronized void ended(Member worker) {
        live.remove(worker);
        replaced.remove(worker);
    }

    /** A worker that received does so no more; the last one ends the session. */
    void left() {
        if (receiving.decrementAndGet() == 0) {
            ended.run();
        }
    }

    /** A thread of these. */
    interface Member {
        void start();

        /** Whether it began to wait before {@code limit} ({@link System#nanoTime}). */
        boolean waitsSince(long limit);
    }
}
