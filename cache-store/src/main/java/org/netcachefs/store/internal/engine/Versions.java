package org.netcachefs.store.internal.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Versions and guards, no value of which ever comes back. A cookie id has one version for as long as its content lasts, over
 * closing and opening, so that who kept something of it can tell. Thread-safe.
 */
final class Versions {
    private static final int MOST_MOVED = 100_000;

    private final AtomicLong guards = new AtomicLong(1);

    /** Versions of ids that are not those they began with. */
    @GuardedBy("this")
    private final Map<Long, Long> moved = new HashMap<>();

    @GuardedBy("this")
    private long round;

    @GuardedBy("this")
    private long lastMoved;

    long newGuard() {
        return guards.getAndIncrement();
    }

    synchronized long of(long id) {
        Long version = moved.get(id);
        return version == null ? id + (round << 48) : version;
    }

    /** Another version for the same id; more than can be remembered change the versions of all. */
    synchronized long move(long id) {
        if (moved.size() >= MOST_MOVED) {
            moved.clear();
            round++;
        }
        moved.put(id, --lastMoved);
        return lastMoved;
    }

    synchronized void forget(long id) {
        if (id != 0) {
            moved.remove(id);
        }
    }
}
