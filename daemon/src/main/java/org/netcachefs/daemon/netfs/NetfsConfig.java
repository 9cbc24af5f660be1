package org.netcachefs.daemon.netfs;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/**
 * How the file system behaves. {@code ttl} is used with {@link Coherency#TTL} only; files matching a glob of {@code excludes}
 * or longer than {@code maxFileSize} bytes are read through, never cached; {@code readahead} is the most bytes wanted in
 * flight ahead of a sequential reader (0: none); {@code writeLimit} is about changes of file data; {@code skewBound} the assumed difference between upstream's clock and ours.
 */
public record NetfsConfig(
        Coherency coherency,
        Duration ttl,
        AttributeTimes times,
        List<String> excludes,
        OptionalLong maxFileSize,
        int readahead,
        Duration skewBound,
        WriteLimit writeLimit) {
    /** Writes take as long as they take. */
    public NetfsConfig(
            Coherency coherency,
            Duration ttl,
            AttributeTimes times,
            List<String> excludes,
            OptionalLong maxFileSize,
            int readahead,
            Duration skewBound) {
        this(coherency, ttl, times, excludes, maxFileSize, readahead, skewBound, WriteLimit.NONE);
    }

    /** Close-to-open, times as mount.nfs, everything cached, 4 MiB of readahead, clocks within 60 s. */
    public static final NetfsConfig DEFAULT = new NetfsConfig(
            Coherency.CLOSE_TO_OPEN,
            Duration.ZERO,
            AttributeTimes.DEFAULT,
            List.of(),
            OptionalLong.empty(),
            4 << 20,
            Duration.ofSeconds(60));

    public NetfsConfig {
        excludes = List.copyOf(excludes);
        if (coherency == Coherency.TTL && (ttl.isNegative() || ttl.isZero())) {
            throw new IllegalArgumentException("coherency=ttl needs a time above 0: " + ttl);
        }
        if (maxFileSize.isPresent() && maxFileSize.getAsLong() < 0) {
            throw new IllegalArgumentException("max-file-size must not be below 0: " + maxFileSize.getAsLong());
        }
        if (readahead < 0 || readahead > 256 << 20) {
            throw new IllegalArgumentException("readahead must lie between 0 and 256M: " + readahead);
        }
        if (skewBound.isNegative()) {
            throw new IllegalArgumentException("the clock skew bound must not be below 0: " + skewBound);
        }
    }

    public NetfsConfig with(WriteLimit limit) {
        return new NetfsConfig(coherency, ttl, times, excludes, maxFileSize, readahead, skewBound, limit);
    }

    /**
     * For how many nanoseconds a kernel that cannot be notified may use a file's attributes: 0 where an open must show
     * the size it checked.
     */
    public long unnotifiedAttributesNanos() {
        return switch (coherency) {
            case CLOSE_TO_OPEN, STRICT -> 0;
            case TTL -> Math.min(ttl.toNanos(), times.fileMin().toNanos());
            case IMMUTABLE -> times.fileMax().toNanos();
        };
    }

    /** For how many nanoseconds a kernel that cannot be notified may use a name. */
    public long unnotifiedEntryNanos() {
        return switch (coherency) {
            case STRICT -> 0;
            case CLOSE_TO_OPEN, TTL ->
                Math.min(Duration.ofSeconds(1).toNanos(), times.fileMin().toNanos());
            case IMMUTABLE -> times.directoryMax().toNanos();
        };
    }
}
