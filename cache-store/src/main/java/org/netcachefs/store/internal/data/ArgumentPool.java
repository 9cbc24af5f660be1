package org.netcachefs.store.internal.data;

import java.util.concurrent.atomic.AtomicLong;

/** 64 pieces of native memory of 64 bytes, for the structures of system calls that must not allocate. Thread-safe. */
final class ArgumentPool {
    private static final int BYTES = 64;

    private final long base = Native.allocate(Long.SIZE * BYTES);
    private final AtomicLong free = new AtomicLong(-1L);

    /** The address of a piece, or 0 when all are in use. */
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

    void giveBack(long address) {
        long bit = 1L << ((address - base) / BYTES);
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
