package org.netcachefs.store.internal.engine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.internal.index.Batch;
import org.netcachefs.store.internal.index.BlockRow;
import org.netcachefs.store.internal.index.CookieRow;
import org.netcachefs.store.internal.index.Index;

/** Retires what was flushed and frees the blocks of retired cookies, a bounded part at a time. Used by one thread at a time. */
final class Sweeper {
    private static final int ROWS = 256;
    private static final int COOKIES = 1024;
    private static final long WHOLE_SCAN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Engine engine;

    /** Where the sweep of flushed cookies goes on, and for which epoch. */
    private long nextNode;

    private long sweeping;

    /** No retired cookie below it is known of. A scan from the start also passes the marks of all that were swept before. */
    private long firstDead;

    private long wholeScanNanos = System.nanoTime();

    Sweeper(Engine engine) {
        this.engine = engine;
    }

    /** Does a part of the work; whether there is more. What it unpublished is to be settled by the caller. */
    boolean sweep() throws CacheException {
        OpenCookie truncated = engine.trims.poll();
        if (truncated != null) {
            truncated.trim();
            return true;
        }
        List<Long> dead = dead();
        int rows = 0;
        for (int i = 0; i < dead.size() && rows < ROWS; i++) {
            rows += 1 + sweepDead(dead.get(i));
        }
        if (!dead.isEmpty()) {
            return true;
        }
        if (engine.flushEpochs.isSweepDue()) {
            sweepFlushed();
            return true;
        }
        return false;
    }

    /** From the first one known of; now and then from the start, as the index may have lost that one was swept. */
    private List<Long> dead() throws CacheException {
        firstDead = Math.min(firstDead, engine.retirement.takeLowest());
        List<Long> dead = engine.index.dead(firstDead, COOKIES);
        long now = System.nanoTime();
        if (dead.isEmpty() && firstDead > 0 && now - wholeScanNanos > WHOLE_SCAN_NANOS) {
            wholeScanNanos = now;
            dead = engine.index.dead(0, COOKIES);
        }
        firstDead = dead.isEmpty() ? Long.MAX_VALUE : dead.get(0);
        return dead;
    }

    boolean isDue() throws CacheException {
        firstDead = 0;
        return !engine.trims.isEmpty()
                || engine.flushEpochs.isSweepDue()
                || !engine.index.dead(0, 1).isEmpty();
    }

    /** Removes block rows of a retired cookie, all if they are few; how many. */
    int sweepDead(long id) throws CacheException {
        ReentrantLock lock = engine.rowLocks.lock(id);
        try {
            Map<Long, BlockRow> rows = new LinkedHashMap<>();
            Batch batch = new Batch();
            engine.index.blocks(id, 0, (cookie, block, row) -> {
                if (cookie != id || rows.size() >= ROWS) {
                    return false;
                }
                rows.put(block, row);
                Index.putBlock(batch, id, block, BlockRow.EMPTY);
                row.slots().forEach(slot -> Index.deleteSlot(batch, slot, id, block));
                return true;
            });
            if (rows.size() < ROWS) {
                Index.deleteDead(batch, id);
            } else {
                firstDead = Math.min(firstDead, id);
            }
            engine.index.write(batch);
            rows.forEach((block, row) -> {
                engine.records.followed(id, block, row, BlockRow.EMPTY);
                engine.indexBudget.removed(IndexBudget.bytesOf(row));
            });
            return rows.size();
        } finally {
            lock.unlock();
        }
    }

    private void sweepFlushed() throws CacheException {
        if (nextNode == 0) {
            sweeping = engine.flushEpochs.stamp();
        }
        List<Long> stale = new ArrayList<>();
        long[] last = {0};
        int[] seen = {0};
        engine.index.cookies(nextNode, (node, row) -> {
            last[0] = node;
            if (engine.flushEpochs.isStale(node, row.stamp())) {
                stale.add(node);
            }
            return ++seen[0] < COOKIES;
        });
        for (long node : stale) {
            retire(node);
        }
        if (seen[0] < COOKIES) {
            nextNode = 0;
            engine.flushEpochs.swept(sweeping);
        } else {
            nextNode = last[0] + 1;
        }
    }

    private void retire(long node) throws CacheException {
        ReentrantLock lock = engine.nodeLocks.lock(node);
        try {
            OpenCookie open = engine.cookies.usedOf(node);
            if (open != null) {
                if (engine.flushEpochs.isStale(node, open.state().row().stamp())) {
                    open.drop();
                }
                return;
            }
            CookieRow row = engine.index.cookie(node);
            if (row != null && engine.flushEpochs.isStale(node, row.stamp())) {
                engine.retirement.retireClosed(node, row, engine.flushEpochs.stamp());
            }
        } finally {
            lock.unlock();
        }
    }
}
