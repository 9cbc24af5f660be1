package org.netcachefs.store.internal.engine;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;

/** When the calls of the store that are under way began. Thread-safe. */
final class Calls {
    private static final int MOST = 256;

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

    /** A call begins; to be given to {@link #end}. */
    int begin() {
        long now = Math.max(1, System.nanoTime());
        for (int i = 0; i < MOST; i++) {
            if (began.get(i) == 0 && began.compareAndSet(i, 0, now)) {
                return i;
            }
        }
        return -1; // more than there are threads: the others are watched
    }

    void end(int call) {
        if (call >= 0) {
            began.set(call, 0);
        }
    }

    /** How long the oldest call has been under way, in nanoseconds. */
    long oldestNanos() {
        long now = System.nanoTime();
        long oldest = 0;
        for (int i = 0; i < MOST; i++) {
            long start = began.get(i);
            oldest = start == 0 ? oldest : Math.max(oldest, now - start);
        }
        return oldest;
    }
}
