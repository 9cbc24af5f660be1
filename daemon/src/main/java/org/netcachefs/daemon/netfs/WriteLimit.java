package org.netcachefs.daemon.netfs;

import java.time.Duration;
import org.netcachefs.fuse.Errno;

/** How long a program waits for a change of a file's data, and what it is told then; {@link #NONE}: as long as it takes. */
public record WriteLimit(Duration after, Errno errno) {
    public static final WriteLimit NONE = new WriteLimit(Duration.ZERO, Errno.EIO);

    public WriteLimit {
        if (after.isNegative()) {
            throw new IllegalArgumentException("write-timeout must not be below 0: " + after);
        }
    }

    boolean isNone() {
        return after.isZero();
    }
}
