package org.netcachefs.store.internal.engine;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * When the calls of the store that are under way began. A transfer is to end within the store's time limit; a sync gets longer, since
 * it writes what was filled in five seconds, which a busy disk that is well may need as long for. Thread-safe.
 */
final class Calls {
    private static final int MOST_TRANSFERS = 256;
    private static final int MOST = MOST_TRANSFERS + 16;
    private static final long SYNC_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Of transfers first, then of syncs; 0 for none. */
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
        long now = Math.max(1, System.nanoTime());
        for (int i = first; i < end; i++) {
            if (began.get(i) == 0 && began.compareAndSet(i, 0, now)) {
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

    /** How long the oldest call beyond its limit has been under way, in nanoseconds; 0 if there is none. */
    long hungNanos() {
        long now = System.nanoTime();
        long oldest = 0;
        for (int i = 0; i < MOST; i++) {
            long start = began.get(i);
            long age = start == 0 ? 0 : now - start;
            long limit = i < MOST_TRANSFERS ? Engine.TIME_LIMIT_NANOS : SYNC_LIMIT_NANOS;
            oldest = age > limit ? Math.max(oldest, age) : oldest;
        }
        return oldest;
    }
}
