package org.netcachefs.store.internal.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.netcachefs.store.Health;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the cache can be trusted with now, and why. An empty reason: not so. Thread-safe. */
final class HealthState {
    private static final Logger LOG = LoggerFactory.getLogger(HealthState.class);

    /** Read as one. */
    private record Status(Health health, String reason) {}

    private volatile Status status = new Status(Health.HEALTHY, "");
    private volatile boolean reachable = true;

    @GuardedBy("this")
    private String closed = "";

    @GuardedBy("this")
    private String unreachable = "";

    @GuardedBy("this")
    private String degraded = "";

    @GuardedBy("this")
    private String full = "";

    @GuardedBy("this")
    private String damaged = "";

    @GuardedBy("this")
    private String remark = "";

    Health health() {
        return status.health;
    }

    String reason() {
        return status.reason;
    }

    boolean serves() {
        return status.health != Health.OFFLINE;
    }

    boolean fills() {
        return status.health == Health.HEALTHY;
    }

    /** Whether calls that may wait for the disk may be made: false while one does not return. */
    boolean isReachable() {
        return reachable;
    }

    /** What should be known although all is well. */
    synchronized void remark(String text) {
        remark = text;
        update();
    }

    synchronized void close() {
        closed = "the cache is closed";
        update();
    }

    /** A call does not return: neither served nor filled until {@link #reached}. */
    synchronized void lost(String reason) {
        unreachable = reason;
        reachable = false;
        update();
    }

    synchronized void reached() {
        unreachable = "";
        reachable = true;
        update();
    }

    /** Something failed: not filled until {@link #recovered}. */
    synchronized void degrade(String reason) {
        degraded = reason;
        update();
    }

    synchronized void recovered() {
        degraded = "";
        update();
    }

    /** The index budget is used up (or, empty, no longer). */
    synchronized void full(String reason) {
        full = reason;
        update();
    }

    /** What is on disk is wrong; until the cache is opened anew nothing is filled. */
    synchronized void damaged(String reason) {
        damaged = reason;
        update();
    }

    synchronized boolean isDamaged() {
        return !damaged.isEmpty();
    }

    synchronized boolean needsProbe() {
        return closed.isEmpty() && !(unreachable.isEmpty() && degraded.isEmpty());
    }

    @GuardedBy("this")
    private void update() {
        Status next = current();
        Status before = status;
        status = next;
        if (before.health != next.health && closed.isEmpty()) {
            LOG.warn("cache is {} (was {}): {}", next.health, before.health, next.reason);
        }
    }

    @GuardedBy("this")
    private Status current() {
        if (!closed.isEmpty()) {
            return new Status(Health.OFFLINE, closed);
        }
        if (!unreachable.isEmpty()) {
            return new Status(Health.OFFLINE, unreachable);
        }
        for (String reason : new String[] {damaged, degraded, full}) {
            if (!reason.isEmpty()) {
                return new Status(Health.DEGRADED, reason);
            }
        }
        return new Status(Health.HEALTHY, remark);
    }
}
