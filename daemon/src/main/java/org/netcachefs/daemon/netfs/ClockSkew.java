package org.netcachefs.daemon.netfs;

import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** How far upstream's clock may be from ours: the configured bound, widened by what is seen, at most to a day. Thread-safe. */
final class ClockSkew {
    private static final Set<String> LOCAL_TYPES = Set.of(
            "ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "f2fs", "tmpfs", "ramfs", "overlay", "erofs", "squashfs");

    private static final long MOST_NANOS = 86_400_000_000_000L;

    private final AtomicLong boundNanos;

    ClockSkew(long boundNanos) {
        this.boundNanos = new AtomicLong(boundNanos);
    }

    /** The bound for a volume of this file system type: the configured one, or none where this machine itself gives the times. */
    static ClockSkew of(String type, long configuredNanos) {
        return new ClockSkew(LOCAL_TYPES.contains(type) ? 0 : configuredNanos);
    }

    SettledPolicy policy() {
        return new SettledPolicy(SettledPolicy.GRANULARITY_NANOS, boundNanos.get());
    }

    /** A change time (which users cannot set) above our own present shows a clock ahead of ours. */
    void sawTime(long changedNanos, long wallNanos) {
        widen(changedNanos - wallNanos);
    }

    /** A change that happened between two forced looks of ours, by the time it carries. */
    void sawChange(long changedNanos, long previousLookNanos, long wallNanos) {
        widen(Math.max(previousLookNanos - changedNanos, changedNanos - wallNanos));
    }

    private void widen(long nanos) {
        if (nanos > boundNanos.get() && nanos <= MOST_NANOS) {
            boundNanos.accumulateAndGet(nanos, Math::max);
        }
    }
}
