package org.netcachefs.store;

/** What is kept with a cookie and compared with upstream: size in bytes, modification and change time in nanoseconds since 1970. (Identity is the node's {@link ObjectKey}.) */
public record CoherencyData(long size, long modifiedNanos, long changedNanos) {
    /**
     * Of content that is being written through us: equal to nothing upstream ever says, so that a cookie found like this after a crash
     * counts as stale.
     */
    public static CoherencyData writing(long size) {
        return new CoherencyData(size, Long.MIN_VALUE, Long.MIN_VALUE);
    }

    public boolean isWriting() {
        return modifiedNanos == Long.MIN_VALUE && changedNanos == Long.MIN_VALUE;
    }

    public CoherencyData withSize(long newSize) {
        return new CoherencyData(newSize, modifiedNanos, changedNanos);
    }
}
