package org.netcachefs.store.internal.engine;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * When the calls of the store that are under way began. A transfer is to end within the store's time limit; a sync gets longer, since
 * it writes what was filled in five seconds, which a busy disk that is well may need as long for. Time is counted by who watches: a hit
 * reads no clock for it, and no call is too old because the whole process stood still. Thread-safe.
 */
final class Calls {
    private static final int MOST_TRANSFERS = 256;
    private static final int MOST = MOST_TRANSFERS + 16;
    /** From one {@link #tick} to the next, at least. */
    static final int TICK_MILLIS = 100;

    private static final int LIMIT = (int) (Engine.TIME_LIMIT_NANOS / TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS));
    private static final int SYNC_LIMIT = 10_000 / TICK_MILLIS;

    private final AtomicLong now = new AtomicLong(1);

    /** In ticks. Of transfers first, then of syncs; 0 for none. */
    private final AtomicLongArray began = new AtomicLongArray(MOST);

    /** Threads that may wait for the disk although they are not the store's: the one that culls. */
    private final Set<Thread> patient = ConcurrentHashMap.newKeySet();

    /** Whether the calling thread may wait for the disk. */
    boolean mayWait() {
        Thread caller = Thread.currentThread();
        return caller instanceof StoreThread || patient.contains(caller);
    }

    /** The calling thread may wait for the disk, or (off) no longer. */
    void setPatient(boolean on) {
        if (on) {
            patient.add(Thread.currentThread());
        } else {
            patient.remove(Thread.currentThread());
        }
    }

    /** A transfer begins; to be given to {@link #end}. */
    int begin() {
        return begin(0, MOST_TRANSFERS);
    }

    /** As {@link #begin}, for a sync. */
    int beginSync() {
        return begin(MOST_TRANSFERS, MOST);
    }

    private int begin(int first, int end) {
        long tick = now.get();
        for (int i = first; i < end; i++) {
            if (began.get(i) == 0 && began.compareAndSet(i, 0, tick)) {
                return i;
            }
        }
        return -1; // more than there are threads: the others are watched
    }

    void end(int call) {
        if (call >= 0) {
            began.lazySet(call, 0);
        }
    }

    /** Another tenth of a second has passed. */
    void tick() {
        now.incrementAndGet();
    }

    /** How long the oldest call beyond its limit has been under way, in milliseconds; 0 if there is none. */
    long hungMillis() {
        long oldest = 0;
        for (int i = 0; i < MOST; i++) {
            long tick = began.get(i);
            long age = tick == 0 ? 0 : now.get() - tick;
            oldest = age > (i < MOST_TRANSFERS ? LIMIT : SYNC_LIMIT) ? Math.max(oldest, age) : oldest;
        }
        return oldest * TICK_MILLIS;
    }
}
