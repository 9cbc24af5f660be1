package org.netcachefs.store;

import org.jspecify.annotations.Nullable;

/** What is kept with a cookie and compared with upstream: size in bytes, modification and change time in nanoseconds since 1970. (Identity is the node's {@link ObjectKey}.) */
public record CoherencyData(long size, long modifiedNanos, long changedNanos) {
    /** As a record's own, which each read would pay for: the compiler that starts fast does not see through its method handles. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CoherencyData that
                && size == that.size
                && modifiedNanos == that.modifiedNanos
                && changedNanos == that.changedNanos;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(size) + 31 * (Long.hashCode(modifiedNanos) + 31 * Long.hashCode(changedNanos));
    }

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
