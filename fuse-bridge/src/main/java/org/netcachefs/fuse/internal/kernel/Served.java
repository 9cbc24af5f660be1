package org.netcachefs.fuse.internal.kernel;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/** The work that requests were, by their kind: the operation, and whether the request is large. Counted by one thread, read by any. */
final class Served {
    /** To move so many bytes takes about as long as a request that moves none. */
    private static final int BYTES_OF_ONE = 32 << 10;

    private static final int OPERATIONS = 64;

    /** Kinds are numbered below this; 0 is none, as there is no such operation. */
    static final int KINDS = 2 * OPERATIONS;

    private final AtomicLong total = new AtomicLong();
    private final AtomicLongArray work = new AtomicLongArray(KINDS);

    /** One, and one more for each 32 KiB of {@code bytes} that a request carries or asks for. */
    static int workOf(int bytes) {
        return 1 + bytes / BYTES_OF_ONE;
    }

    /** A request was served that was so much work. */
    void count(int opcode, int units) {
        int kind = (opcode & (OPERATIONS - 1)) | (units > 1 ? OPERATIONS : 0);
        work.lazySet(kind, work.get(kind) + units);
        total.lazySet(total.get() + units);
    }

    /** As much was served as {@code other} says. */
    void add(Served other) {
        for (int kind = 0; kind < KINDS; kind++) {
            work.lazySet(kind, work.get(kind) + other.work.get(kind));
        }
        total.lazySet(total.get() + other.total.get());
    }

    long total() {
        return total.get();
    }

    /** Adds what was served of each kind to {@code sums}. */
    void addTo(long[] sums) {
        Arrays.setAll(sums, kind -> sums[kind] + work.get(kind));
    }
}
