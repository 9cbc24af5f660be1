package org.netcachefs.store.internal.engine;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.CacheException.Reason;
import org.netcachefs.store.internal.index.BlockRow;
import org.netcachefs.store.internal.index.NodeRecord;

/**
 * Keeps the index within its part of the declared size: when its tables take {@value #CULL_PERCENT} % of that, rows are
 * culled, at {@value #STOP_PERCENT} % fills wait and no new node gets a row. While tables are rewritten they take up to
 * 1.6 times as much, and the logs come on top. Thread-safe.
 *
 * <p>A deletion makes tables larger until they are compacted. So what was removed counts as gone at once, and they are
 * compacted each time they have grown by {@value #COMPACT_PERCENT} %, or so much was removed, above the lower mark.
 */
final class IndexBudget {
    static final int CULL_PERCENT = 32;
    static final int STOP_PERCENT = 40;
    private static final int COMPACT_PERCENT = 3;
    /** The cache counts as full when culling has not helped for so long. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(3);

    private static final int MEASURED_PART = 100;
    private static final int LEAST_MARKS = 1 << 16;

    private final long budget;
    private final HealthState health;
    private final AtomicLong written = new AtomicLong();
    private final AtomicLong removed = new AtomicLong();
    private volatile long bytes;
    private volatile long fullSince;
    private volatile long lasting;
    private volatile long compacted;

    /** Nodes somebody asked for since the culler last came by, a bit for one or more nodes. */
    private final AtomicLongArray asked;

    IndexBudget(long budget, HealthState health) {
        this.budget = Math.max(1, budget);
        this.health = health;
        asked = new AtomicLongArray((int) (Long.highestOneBit(Math.max(LEAST_MARKS, budget / 64)) / Long.SIZE));
    }

    long bytes() {
        return bytes;
    }

    /** What the index takes of the disk now, and what its tables will take when they are no longer rewritten. */
    void measured(long now, long lastingNow) {
        written.set(0);
        bytes = now;
        lasting = lastingNow;
        if (hasRoom()) {
            fullSince = 0;
            health.full("");
        } else if (fullSince == 0) {
            fullSince = Math.max(1, System.nanoTime());
        } else if (System.nanoTime() - fullSince > PATIENCE_NANOS) {
            health.full("the index has used up its part of the size: " + lasting + " bytes in tables, of " + budget);
        }
    }

    private long percent(long part) {
        return part * 100 / budget;
    }

    /** A batch of so many bytes goes into the index; whether it is to be measured anew. */
    boolean writes(long batchBytes) {
        return written.addAndGet(batchBytes) > budget / MEASURED_PART;
    }

    boolean isCullingDue() {
        return percent(lasting - removed.get()) > CULL_PERCENT;
    }

    /** Whether rows may be added, going by what was measured last and written since. */
    boolean hasRoom() {
        return percent(lasting + written.get()) <= STOP_PERCENT;
    }

    void requireRoom() throws CacheException {
        if (!hasRoom()) {
            throw new CacheException(Reason.FULL, "index: its part of the size is used up; use a larger --index-size");
        }
    }

    // ---- what was removed

    static long bytesOf(NodeRecord record) {
        return 160 + 2L * (record.row().name().length + record.row().key().bytes().length);
    }

    static long bytesOf(BlockRow row) {
        return 32 + row.pieces().size() * 64L + Long.bitCount(row.present()) * 4L;
    }

    /** Rows of about so many bytes were deleted. */
    void removed(long rowBytes) {
        removed.addAndGet(rowBytes);
    }

    boolean isCompactionDue() {
        long waste = Math.max(lasting - compacted, removed.get());
        return percent(lasting) >= CULL_PERCENT && percent(waste) >= COMPACT_PERCENT;
    }

    /** To be given to {@link #compacted}. */
    long removed() {
        return removed.get();
    }

    /** The tables were compacted to {@code lastingNow} bytes since {@link #removed} was as given. */
    void compacted(long removedThen, long lastingNow) {
        lasting = lastingNow;
        compacted = lastingNow;
        removed.addAndGet(-removedThen);
    }

    // ---- who is asked for

    void asked(long node) {
        long bit = 1L << node;
        int word = word(node);
        if ((asked.get(word) & bit) == 0) {
            asked.getAndUpdate(word, bits -> bits | bit);
        }
    }

    boolean wasAsked(long node) {
        return (asked.get(word(node)) & (1L << node)) != 0;
    }

    /** As {@link #wasAsked}; from now on it was not. */
    boolean takeAsked(long node) {
        long bit = 1L << node;
        return (asked.getAndUpdate(word(node), bits -> bits & ~bit) & bit) != 0;
    }

    private int word(long node) {
        return (int) ((node >>> 6) & (asked.length() - 1));
    }
}
