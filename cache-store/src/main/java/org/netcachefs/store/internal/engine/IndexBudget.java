package org.netcachefs.store.internal.engine;

import java.util.BitSet;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.CacheException.Reason;

/**
 * Keeps the index within its part of the declared size: when its tables take {@value #CULL_PERCENT} % of that, rows that keep
 * nothing are removed, at {@value #STOP_PERCENT} % nothing is filled and no node gets a row. While tables are rewritten they take up
 * to 1.6 times as much, and the logs come on top. Thread-safe.
 */
final class IndexBudget {
    static final int CULL_PERCENT = 34;
    static final int STOP_PERCENT = 43;
    private static final int RESUME_PERCENT = 38;

    private final long budget;
    private final HealthState health;
    private volatile long bytes;
    private volatile long lasting;

    /** Nodes somebody asked for since the cache was opened: they may be known to the kernel. */
    private final BitSet asked = new BitSet();

    IndexBudget(long budget, HealthState health) {
        this.budget = budget;
        this.health = health;
    }

    long bytes() {
        return bytes;
    }

    /** What the index takes of the disk now, and what its tables will take when they are no longer rewritten. */
    void measured(long now, long lastingNow) {
        bytes = now;
        lasting = lastingNow;
        long percent = percent();
        if (percent > STOP_PERCENT) {
            health.full("the index has used up its part of the size: " + lasting + " bytes in tables, of " + budget);
        } else if (percent < RESUME_PERCENT) {
            health.full("");
        }
    }

    private long percent() {
        return lasting * 100 / Math.max(1, budget);
    }

    boolean isCullingDue() {
        return percent() > CULL_PERCENT;
    }

    void requireRoom() throws CacheException {
        if (percent() > STOP_PERCENT) {
            throw new CacheException(Reason.FULL, "index: its part of the size is used up; use a larger --index-size");
        }
    }

    synchronized void asked(long node) {
        if (node > 0 && node < Integer.MAX_VALUE) {
            asked.set((int) node);
        }
    }

    synchronized boolean wasAsked(long node) {
        return node >= Integer.MAX_VALUE || asked.get((int) node);
    }
}
