package org.netcachefs.store.internal.data;

import java.util.concurrent.atomic.AtomicLong;

/** 64 native iovecs for calls that must not allocate. Thread-safe. */
final class VectorPool {
    private static final int BYTES = 16;

    private final long base = Native.allocate(Long.SIZE * BYTES);
    private final AtomicLong free = new AtomicLong(-1L);

    /** The address of an iovec, or 0 when all are in use. */
    long take() {
        while (true) {
            long seen = free.get();
            if (seen == 0) {
                return 0;
            }
            long bit = Long.lowestOneBit(seen);
            if (free.compareAndSet(seen, seen & ~bit)) {
                return base + (long) Long.numberOfTrailingZeros(bit) * BYTES;
            }
        }
    }

    void giveBack(long vector) {
        long bit = 1L << ((vector - base) / BYTES);
        while (true) {
            long seen = free.get();
            if (free.compareAndSet(seen, seen | bit)) {
                return;
            }
        }
    }

    void close() {
        Native.free(base);
    }
}
