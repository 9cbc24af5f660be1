package org.netcachefs.daemon.netfs;

/**
 * Whether content read upstream now can be told from what a later change leaves behind. {@code granularityNanos}: how long two changes
 * may carry one time; {@code skewNanos}: how far upstream's clock may be from ours.
 */
record SettledPolicy(long granularityNanos, long skewNanos) {
    /** The coarsest time stamps in use, FAT's. */
    static final long GRANULARITY_NANOS = 2_000_000_000L;

    /**
     * Settled if the file's last change lies far enough back on the wall clock, or this state of it was first seen long
     * enough ago on our own monotonic clock: whatever changes it from now on then carries another time. Looking again never settles.
     *
     * @param changedNanos the later of modification and change time, since 1970
     * @param wallNanos when the read begins, since 1970
     * @param sinceFirstSeenNanos how long before the read this coherency value was seen for the first time
     */
    boolean isSettled(long changedNanos, long wallNanos, long sinceFirstSeenNanos) {
        return isOld(changedNanos, wallNanos) || sinceFirstSeenNanos >= granularityNanos;
    }

    /**
     * Whether the last change lies far enough back on the wall clock. If not, what upstream's own client keeps of the content may be from
     * before a change it could not see: it is to be read past that.
     */
    boolean isOld(long changedNanos, long wallNanos) {
        return changedNanos < wallNanos - granularityNanos - skewNanos;
    }
}
