package org.netcachefs.daemon.netfs;

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.netcachefs.daemon.upstream.UpstreamCalls.Circuit;

/**
 * How long what is asked of the root is left waiting before it is answered from what is known, so that {@code df} and path
 * walks never hang: half a second, nothing if upstream has let another call wait that long. Thread-safe.
 */
final class Patience {
    private static final long MILLIS = 500;

    private final Services services;

    Patience(Services services) {
        this.services = services;
    }

    boolean isOver() {
        return services.upstream().circuit() != Circuit.CLOSED
                || services.upstream().statistics().oldestCallNanos() >= TimeUnit.MILLISECONDS.toNanos(MILLIS);
    }

    /** Runs {@code action}, which must not block, when it ends. */
    void whenOver(Runnable action) {
        ScheduledFuture<?> unused = services.timer().schedule(action, MILLIS, TimeUnit.MILLISECONDS);
    }
}
