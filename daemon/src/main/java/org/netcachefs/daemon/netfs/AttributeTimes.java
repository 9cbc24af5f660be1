package org.netcachefs.daemon.netfs;

import java.time.Duration;

/**
 * How long what upstream said of attributes and names is believed, as mount.nfs's acregmin, acregmax, acdirmin, acdirmax:
 * from the minimum, doubled up to the maximum while nothing changes. {@code negative}: how long a name stays absent.
 */
public record AttributeTimes(
        Duration fileMin, Duration fileMax, Duration directoryMin, Duration directoryMax, Duration negative) {
    /** 3 s, 60 s, 30 s, 60 s, 30 s. */
    public static final AttributeTimes DEFAULT = new AttributeTimes(
            Duration.ofSeconds(3),
            Duration.ofSeconds(60),
            Duration.ofSeconds(30),
            Duration.ofSeconds(60),
            Duration.ofSeconds(30));

    /** What kernel and we may not use at all: everything is asked anew. */
    public static final AttributeTimes NONE =
            new AttributeTimes(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO);

    public AttributeTimes {
        requireOrder("acregmin", fileMin, "acregmax", fileMax);
        requireOrder("acdirmin", directoryMin, "acdirmax", directoryMax);
        if (negative.isNegative()) {
            throw new IllegalArgumentException("negative must not be below 0: " + negative);
        }
    }

    long minNanos(boolean directory) {
        return (directory ? directoryMin : fileMin).toNanos();
    }

    long maxNanos(boolean directory) {
        return (directory ? directoryMax : fileMax).toNanos();
    }

    private static void requireOrder(String lowName, Duration low, String highName, Duration high) {
        if (low.isNegative() || low.compareTo(high) > 0) {
            throw new IllegalArgumentException(
                    lowName + " must lie between 0 and " + highName + ": " + low + ", " + high);
        }
    }
}
