package org.netcachefs.store.internal.engine;

import org.netcachefs.store.CacheException;
import org.netcachefs.store.internal.index.Batch;
import org.netcachefs.store.internal.index.Index;
import org.netcachefs.store.internal.index.Index.Counter;
import org.netcachefs.store.internal.index.NodeRecord;

/**
 * Which trees were flushed when. A flush gives its node a new epoch; a cookie is stale if an ancestor, its node or its
 * volume has a later epoch than its stamp; what lies below a node without a row is stale after any flush. Once a sweep has retired all such cookies nobody needs to look. Thread-safe.
 */
final class FlushEpochs {
    private static final int DEEPEST = 4096;

    private final Index index;
    private volatile long last;
    private volatile long swept;

    FlushEpochs(Index index) throws CacheException {
        this.index = index;
        last = index.counter(Counter.FLUSH_EPOCH);
        swept = index.counter(Counter.SWEPT_EPOCH);
    }

    /** What a cookie id given now is stamped with. */
    long stamp() {
        return last;
    }

    boolean isSweepDue() {
        return last > swept;
    }

    /** The next epoch is that of a node, or of a volume when {@code node} is 0. */
    synchronized void flush(long volume, long node) throws CacheException {
        Batch batch = new Batch();
        long epoch = last + 1;
        Index.putCounter(batch, Counter.FLUSH_EPOCH, epoch);
        if (node == 0) {
            Index.putVolumeFlushEpoch(batch, volume, epoch);
        } else {
            NodeRecord record = index.node(node);
            if (record != null) {
                Index.putNode(batch, node, record.withFlushEpoch(epoch));
            }
        }
        index.write(batch);
        last = epoch;
    }

    synchronized void swept(long epoch) throws CacheException {
        Batch batch = new Batch();
        Index.putCounter(batch, Counter.SWEPT_EPOCH, epoch);
        index.write(batch);
        swept = epoch;
    }

    /** Whether what was cached under {@code stamp} was flushed since. Walks up only while a sweep is due. */
    boolean isStale(long node, long stamp) throws CacheException {
        return isSweepDue() && stamp < last && of(node) > stamp;
    }

    /** The last epoch of a node, its ancestors and its volume. */
    long of(long node) throws CacheException {
        long epoch = 0;
        long at = node;
        for (int i = 0; i < DEEPEST; i++) {
            NodeRecord record = index.node(at);
            if (record == null) {
                return last; // its row was culled: where it lies is not known, so any flush may mean it
            }
            epoch = Math.max(epoch, record.flushEpoch());
            at = record.row().parent();
            if (at == 0) {
                return Math.max(epoch, index.volumeFlushEpoch(record.volume()));
            }
        }
        return epoch;
    }

    /** Whether {@code node} is {@code ancestor} or lies below it; true as well when a row on the way up is missing. */
    boolean isWithin(long node, long ancestor) throws CacheException {
        long at = node;
        for (int i = 0; at != 0 && i < DEEPEST; i++) {
            if (at == ancestor) {
                return true;
            }
            NodeRecord record = index.node(at);
            if (record == null) {
                return true;
            }
            at = record.row().parent();
        }
        return false;
    }
}
