package org.netcachefs.store;

/** A snapshot of a cache's state and its counters since it was opened. Sizes in bytes, times in nanoseconds. */
public record CacheStatistics(
        long sizeBytes,
        long diskBytes,
        int blockBytes,
        int sectorBytes,
        Index index,
        Health health,
        String healthReason,
        boolean recovering,
        Slots slots,
        Fills fills,
        Cull cull,
        Errors errors,
        long holds,
        long openCookies) {
    /** Bytes on disk, bytes of memory for rows and tables (bounded), and how often a row was looked for. */
    public record Index(long bytes, long memoryBytes, long lookups) {}

    /** Whole, split and free slots; {@code usedBytes} counts published sectors only, in bytes. */
    public record Slots(long total, long used, long split, long free, long pinned, long held, long usedBytes) {}

    /** Bytes published, waiting, and dropped (queue full or not HEALTHY). */
    public record Fills(long bytes, long pendingBytes, long droppedBytes) {}

    /** Runs of the culler, slots freed by it, passed over, freed by flush, and the longest time without a free slot above {@code stop}. */
    public record Cull(long runs, long culled, long skipped, long flushed, long longestExhaustedNanos) {}

    public record Errors(long checksum, long index, long io) {}
}
