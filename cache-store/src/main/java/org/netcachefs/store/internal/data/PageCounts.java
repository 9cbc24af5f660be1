package org.netcachefs.store.internal.data;

/**
 * Asks the kernel which pages of a file are in memory: cachestat(2), {@code linux/mman.h}, since Linux 6.5. Where it is missing or not allowed,
 * none is said to be. Thread-safe.
 */
final class PageCounts {
    private static final long CACHESTAT = 451;
    private static final int PAGE = 4096;

    /** {@code struct cachestat_range}: offset and length in bytes. {@code struct cachestat}, whose first counter is nr_cache, follows. */
    private static final int RANGE_BYTES = 2 * Long.BYTES;

    private final int descriptor;
    private final ArgumentPool arguments;
    private volatile boolean missing;

    PageCounts(int descriptor, ArgumentPool arguments) {
        this.descriptor = descriptor;
        this.arguments = arguments;
    }

    boolean isInMemory(long position, int length) {
        long range = missing ? 0 : arguments.take();
        if (range == 0) {
            return false;
        }
        try {
            Native.putLong(range, position);
            Native.putLong(range + Long.BYTES, length);
            long result = range + RANGE_BYTES;
            missing = Native.LIBC.syscall(CACHESTAT, descriptor, range, result, 0) != 0;
            return !missing && Native.getLong(result) >= pages(position, length);
        } finally {
            arguments.giveBack(range);
        }
    }

    private static long pages(long position, int length) {
        return (position + length - 1) / PAGE - position / PAGE + 1;
    }
}
