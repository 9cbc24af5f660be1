package org.netcachefs.store.internal.engine;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.CacheException.Reason;

/** Locks by number, for what is read from the index, changed and written back. Waiting for one is bounded. */
final class RowLocks {
    private static final int COUNT = 1024;
    private static final long SLICE_MILLIS = 50;

    private final ReentrantLock[] locks = new ReentrantLock[COUNT];
    private final long limitNanos;
    private final BooleanSupplier isReachable;

    /** Nobody waits longer than the limit, nor on when the disk is no longer reachable. */
    RowLocks(long limitNanos, BooleanSupplier isReachable) {
        this.limitNanos = limitNanos;
        this.isReachable = isReachable;
        for (int i = 0; i < COUNT; i++) {
            locks[i] = new ReentrantLock();
        }
    }

    /** Returns when all who hold a lock now have given it up. Waits as long as they do. */
    @SuppressWarnings("LockNotBeforeTry")
    void awaitHolders() {
        for (ReentrantLock lock : locks) {
            lock.lock();
            lock.unlock();
        }
    }

    /** The locked lock of {@code number}; to be unlocked by the caller. */
    ReentrantLock lock(long number) throws CacheException {
        ReentrantLock lock = locks[(int) ((number * 0x9e3779b97f4a7c15L) >>> 54)];
        long until = System.nanoTime() + limitNanos;
        try {
            while (!lock.tryLock(SLICE_MILLIS, TimeUnit.MILLISECONDS)) {
                if (System.nanoTime() > until || !isReachable.getAsBoolean()) {
                    throw new CacheException(Reason.TIMEOUT, "index: another change of it takes too long");
                }
            }
        } catch (InterruptedException e) {
            throw new CacheException(Reason.TIMEOUT, "index: interrupted while another change of it was under way", e);
        }
        return lock;
    }
}
