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
import org.netcachefs.fuse.internal.protocol.InterruptDesk;
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
    /** With all receivers taken, one that must wait gives up when for so long none of them began or ended a wait. */
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
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
    private final Condition idle = lock.newCondition();

    @GuardedBy("lock")
    private final Set<Receiver> receivers = new HashSet<>();

    @GuardedBy("lock")
    private int parked;

    /** Those that serve and would park if another were idle. */
    @GuardedBy("lock")
    private int held;

    /** When a wait last began or ended ({@link System#nanoTime}). */
    @GuardedBy("lock")
    private long lastMove = System.nanoTime();

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

    /**
     * The calling receiver, which serves, is about to wait. False: it need not any more, or must not, since nobody would
     * receive. With all taken, it is judged by progress whether to give up: see {@link #isHopeless}.
     */
    boolean beginPark(Parking parking) {
        lock.lock();
        try {
            if (active() <= base) {
                activateOne();
            }
            if (!keepOneIdle() && !awaitIdle(parking)) {
                return false;
            }
            parked++;
            lastMove = System.nanoTime();
            serving.decrementAndGet();
            note();
        } finally {
            lock.unlock();
        }
        interrupts.register(parking.interruption());
        return true;
    }

    @GuardedBy("lock")
    private boolean awaitIdle(Parking parking) {
        long start = System.nanoTime();
        held++;
        try {
            while (!keepOneIdle()) {
                if (ending || parking.isAnswered() || isHopeless(start)) {
                    return false;
                }
                boolean ignored = idle.awaitNanos(LOOK_AGAIN_NANOS) > 0;
            }
            return true;
        } catch (InterruptedException e) {
            return false;
        } finally {
            held--;
        }
    }

    /**
     * Whether nothing has moved lately and either all the others wait too, or the merely busy (the machine is short of
     * processors, or libfuse holds them for one that waits) have had time enough since {@code start}.
     */
    @GuardedBy("lock")
    private boolean isHopeless(long start) {
        long now = System.nanoTime();
        return now - lastMove > PATIENCE_NANOS && (held >= serving.get() || now - start > PATIENCE_NANOS);
    }

    void endPark(Parking parking) {
        interrupts.unregister(parking.interruption());
        lock.lock();
        try {
            parked--;
            lastMove = System.nanoTime();
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

    /** Whether one is idle, made so if need be; several may have begun to serve that did not get the lock yet. */
    @GuardedBy("lock")
    private boolean keepOneIdle() {
        boolean more = true;
        while (more && active() - serving.get() < 1) {
            more = activateOne();
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
    private boolean activateOne() {
        if (standby > 0) {
            standby--;
            granted++;
            note();
            activated.signal();
            return true;
        }
        return receivers.size() < limit && !ending && startOne();
    }

    /** False: the process may have no more threads; those it has go on. */
    @GuardedBy("lock")
    private boolean startOne() {
        Receiver receiver = maker.apply(this);
        receivers.add(receiver);
        try {
            receiver.start();
            return true;
        } catch (OutOfMemoryError e) {
            receivers.remove(receiver);
            LOG.warn("no further receiver can be started, {} are running", receivers.size());
            return false;
        } finally {
            note();
        }
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
        interrupts.end();
        lock.lock();
        try {
            activated.signalAll();
            receivers.forEach(LockSupport::unpark);
        } finally {
            lock.unlock();
        }
    }
}
