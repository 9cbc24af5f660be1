package org.netcachefs.store.internal.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.internal.data.DataFile;
import org.netcachefs.store.internal.data.Errnos;
import org.netcachefs.store.internal.index.Batch;
import org.netcachefs.store.internal.index.Epochs;
import org.netcachefs.store.internal.index.Index;

/**
 * The fill epochs. A fill writes its data, then asks for {@link #current}, then writes its record: so once data written
 * before the epoch moved on is durable, all records of the old epoch are good after a power cut. Thread-safe.
 */
final class EpochKeeper {
    private final Index index;
    private final DataFile data;
    private volatile int current;

    @GuardedBy("this")
    private Epochs epochs;

    /** The last commit failed: its epoch has ended, and is still to be made durable. */
    @GuardedBy("this")
    private boolean unfinished;

    private volatile Epochs seen;

    EpochKeeper(Index index, DataFile data, Epochs epochs) {
        this.index = index;
        this.data = data;
        this.epochs = epochs;
        seen = epochs;
        current = epochs.first();
    }

    /** The epoch a record written now belongs to, if its data was written before this call. */
    int current() {
        return current;
    }

    boolean isLost(int epoch) {
        return seen.isLost(epoch);
    }

    boolean hasLost() {
        return !seen.lost().isEmpty();
    }

    /** Moves on, and makes the epoch that ended durable. */
    synchronized void commit() throws CacheException {
        int ending = unfinished ? current - 1 : current;
        current = ending + 1;
        unfinished = true;
        int errno = -data.sync();
        if (errno != 0) {
            throw new CacheException(Errnos.reason(errno), "data: cannot sync: " + Errnos.text(errno));
        }
        save(epochs.madeDurable(ending));
        unfinished = false;
    }

    /** No record of a lost epoch is left. */
    synchronized void clearLost() throws CacheException {
        save(epochs.cleared());
    }

    @GuardedBy("this")
    private void save(Epochs next) throws CacheException {
        Batch batch = new Batch();
        Index.putEpochs(batch, next);
        index.write(batch);
        index.store().sync();
        epochs = next;
        seen = next;
    }
}
