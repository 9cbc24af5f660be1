package org.netcachefs.fuse.internal.kernel;

import java.util.concurrent.atomic.AtomicInteger;

/** How many workers receive. Once nobody does the session is over, and nobody will again. Thread-safe. */
final class Receiving {
    private final AtomicInteger count = new AtomicInteger();

    /** So many do; to be called once. */
    void begin(int workers) {
        count.set(workers);
    }

    int count() {
        return count.get();
    }

    boolean isOver() {
        return count.get() <= 0;
    }

    /** One less does, false if that would leave less than {@code others}, which is at least 1. */
    boolean leave(int others) {
        for (int now = count.get(); now > others; now = count.get()) {
            if (count.compareAndSet(now, now - 1)) {
                return true;
            }
        }
        return false;
    }

    /** One more does, false if {@code most} do already or the session is over. */
    boolean join(int most) {
        for (int now = count.get(); now > 0 && now < most; now = count.get()) {
            if (count.compareAndSet(now, now + 1)) {
                return true;
            }
        }
        return false;
    }

    /** One less does, for good. True for the last. */
    boolean end() {
        return count.decrementAndGet() == 0;
    }
}
