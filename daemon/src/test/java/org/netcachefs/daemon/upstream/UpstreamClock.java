package org.netcachefs.daemon.upstream;

import java.time.Duration;
import java.util.function.LongSupplier;

/** An upstream server's clock: somebody else's, and coarse. Thread-safe. */
public final class UpstreamClock implements LongSupplier {
    private final LongSupplier now;
    private volatile long tickNanos = 1;
    private volatile long skewNanos;

    /** {@code now} in nanoseconds since 1970. */
    public UpstreamClock(LongSupplier now) {
        this.now = now;
    }

    /** The machine's own time of day. */
    public static UpstreamClock ofSystem() {
        return new UpstreamClock(() -> {
            java.time.Instant instant = java.time.Instant.now();
            return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), 1_000_000_000L), instant.getNano());
        });
    }

    /** Timestamps are multiples of this from now on. */
    public UpstreamClock tick(Duration tick) {
        tickNanos = tick.toNanos();
        return this;
    }

    /** Timestamps are ahead by this from now on. */
    public UpstreamClock skew(Duration skew) {
        skewNanos = skew.toNanos();
        return this;
    }

    @Override
    public long getAsLong() {
        return Math.floorDiv(now.getAsLong() + skewNanos, tickNanos) * tickNanos;
    }
}
