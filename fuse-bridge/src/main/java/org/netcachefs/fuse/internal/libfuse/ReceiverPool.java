package org.netcachefs.fuse.internal.libfuse;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.netcachefs.fuse.Errno;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The receivers of one session and the exact account of what they do. Each live receiver is active, parked (waits for the file
 * system in a callback) or standing by (spare). An active one is serving or idle: on its way to the next request. Nobody may
 * wait before somebody else is idle: a served request can be held up in the file system, and in libfuse by another that holds
 * a lock on its path. {@code base} are kept active as long as fewer than {@code limit} live. Thread-safe.
 */
final class ReceiverPool {
    private static final Logger LOG = LoggerFactory.getLogger(ReceiverPool.class);
    private static final long STANDBY_NANOS = TimeUnit.SECONDS.toNanos(10);
    /** So many more than the base stay active: sending them to stand by and back costs more than they do. */
    private static final int SPARE = 2;

    private final int base;
    private final int limit;
    private final Errno limitErrno;
    private final Function<ReceiverPool, Receiver> maker;
    private final Runnable ended;
    private final InterruptDesk interrupts = new InterruptDesk();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition activated = lock.newCondition();

    @GuardedBy("lock")
    private final Set<Receiver> receivers = new HashSet<>();

    @GuardedBy("lock")
    private int parked;

    @GuardedBy("lock")
    private int standby;

    /** Receivers told to become active that have not woken up yet; they count as active. */
    @GuardedBy("lock")
    private int granted;

    @GuardedBy("lock")
    private boolean over;

    /** Those in libfuse's hands and not parked. */
    private final AtomicInteger serving = new AtomicInteger();

    /** As {@link #active}, to be looked at without the lock; written before {@link #serving} is read, and the other way round. */
    private volatile int activeNow;

    private volatile boolean ending;

    /** {@code ended} runs once, on the last receiver to leave. */
    ReceiverPool(int base, int limit, Errno limitErrno, Function<ReceiverPool, Receiver> maker, Runnable ended) {
        this.base = Math.max(1, Math.min(base, limit));
        this.limit = limit;
        this.limitErrno = limitErrno;
        this.maker = maker;
        this.ended = ended;
    }

    void start() {
        lock.lock();
        try {
            for (int i = 0; i < base; i++) {
                startOne();
            }
        } finally {
            lock.unlock();
        }
    }

    Errno limitErrno() {
        return limitErrno;
    }

    InterruptDesk interrupts() {
        return interrupts;
    }

    boolean isEnding() {
        return ending;
    }

    /** Live receivers. */
    int size() {
        lock.lock();
        try {
            return receivers.size();
        } finally {
            lock.unlock();
        }
    }

    /** The calling receiver hands a request to libfuse. */
    void beginServing() {
        if (serving.incrementAndGet() >= activeNow) {
            lock.lock();
            try {
                keepOneIdle();
            } finally {
                lock.unlock();
            }
        }
    }

    void endServing() {
        serving.decrementAndGet();
    }

    /** The calling receiver, which serves, is about to wait. False: it must not, nobody would receive. */
    boolean beginPark(Parking parking) {
        lock.lock();
        try {
            parked++;
            serving.decrementAndGet();
            note();
            if (active() < base) {
                activateOne();
            }
            if (!keepOneIdle()) {
                parked--;
                serving.incrementAndGet();
                note();
                return false;
            }
        } finally {
            lock.unlock();
        }
        interrupts.register(parking);
        return true;
    }

    void endPark(Parking parking) {
        interrupts.unregister(parking);
        lock.lock();
        try {
            parked--;
            serving.incrementAndGet();
            note();
        } finally {
            lock.unlock();
        }
    }

    /** Called by a receiver between two requests: spares stand by, and leave when not needed for long. False: it ends. */
    boolean stays(Receiver receiver) {
        return activeNow - serving.get() <= base + SPARE || standBy(receiver);
    }

    private boolean standBy(Receiver receiver) {
        lock.lock();
        try {
            standby++;
            note();
            // Looked at again with the lower count visible to those who begin to serve.
            if (active() - serving.get() < base + SPARE) {
                standby--;
                note();
                return true;
            }
            long left = STANDBY_NANOS;
            while (granted == 0 && !ending && left > 0) {
                left = activated.awaitNanos(left);
            }
            if (granted > 0) {
                granted--;
                return true;
            }
            standby--;
            receivers.remove(receiver);
            return false;
        } catch (InterruptedException e) {
            standby--;
            receivers.remove(receiver);
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Whether one is idle, made so if need be. */
    @GuardedBy("lock")
    private boolean keepOneIdle() {
        if (active() - serving.get() < 1) {
            activateOne();
        }
        return active() - serving.get() >= 1;
    }

    @GuardedBy("lock")
    private void note() {
        activeNow = active();
    }

    @GuardedBy("lock")
    private int active() {
        return receivers.size() - parked - standby;
    }

    @GuardedBy("lock")
    private void activateOne() {
        if (standby > 0) {
            standby--;
            granted++;
            note();
            activated.signal();
        } else if (receivers.size() < limit && !ending) {
            startOne();
        }
    }

    @GuardedBy("lock")
    private void startOne() {
        Receiver receiver = maker.apply(this);
        receivers.add(receiver);
        try {
            receiver.start();
        } catch (OutOfMemoryError e) {
            // The process may have no more threads; those it has go on.
            receivers.remove(receiver);
            LOG.warn("no further receiver can be started, {} are running", receivers.size());
        }
        note();
    }

    /** The calling receiver ends. */
    void leave(Receiver receiver) {
        boolean last;
        lock.lock();
        try {
            receivers.remove(receiver);
            note();
            last = receivers.isEmpty() && !over;
            over |= last;
        } finally {
            lock.unlock();
        }
        if (last) {
            ended.run();
        }
    }

    /** The session is over: those that wait give up, all leave. Idempotent. */
    void end() {
        ending = true;
        lock.lock();
        try {
            activated.signalAll();
            receivers.forEach(LockSupport::unpark);
        } finally {
            lock.unlock();
        }
    }
}
