package org.netcachefs.store.internal.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.List;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.internal.data.DataFile;
import org.netcachefs.store.internal.data.Errnos;
import org.netcachefs.store.internal.index.Batch;
import org.netcachefs.store.internal.index.Epochs;
import org.netcachefs.store.internal.index.Index;

/**
 * The fill epochs. A fill asks for {@link #current}, writes its data, then asks for {@link #currentSince}, then writes its
 * record: so once data written before the epoch moved on is durable, all records of the old epoch are good after a power
 * cut. A sync that fails is not tried again: the kernel tells of it once and takes the pages for clean, so all records since
 * the last good sync are of lost epochs from then on. Thread-safe.
 */
final class EpochKeeper {
    private final Index index;
    private final DataFile data;
    private volatile int current;

    /** As the index has them. */
    @GuardedBy("this")
    private Epochs noted;

    /** The last commit failed: its epoch has ended, and is still to be made durable. */
    @GuardedBy("this")
    private boolean unfinished;

    /** As noted, less what was lost since. */
    private volatile Epochs seen;

    private volatile Runnable onLoss = () -> {};

    EpochKeeper(Index index, DataFile data, Epochs epochs) {
        this.index = index;
        this.data = data;
        noted = epochs;
        seen = epochs;
        current = epochs.first();
    }

    /** To be run when epochs were lost, before anybody is told. */
    void onLoss(Runnable run) {
        onLoss = run;
    }

    /** The epoch a record written now belongs to, if its data was written before this call. */
    int current() {
        return current;
    }

    /** The same, of data written after {@code begun} was the current one; {@code begun} if that was lost meanwhile. */
    int currentSince(int begun) {
        int now = current;
        return isLost(begun) ? begun : now;
    }

    boolean isLost(int epoch) {
        return seen.isLost(epoch);
    }

    boolean hasLost() {
        return !seen.lost().isEmpty();
    }

    /** Whether the data of this epoch's records is on the disk. */
    boolean isDurable(int epoch) {
        Epochs now = seen;
        return epoch <= now.durable() && !now.isLost(epoch);
    }

    /** Moves on, and makes the epoch that ended durable. */
    synchronized void commit() throws CacheException {
        noteLoss();
        int ending = unfinished ? current - 1 : current;
        current = ending + 1;
        unfinished = true;
        sync();
        note(noted.madeDurable(ending));
        unfinished = false;
    }

    /** Syncs the data. If that fails all epochs since the last commit are lost. */
    synchronized void sync() throws CacheException {
        int errno = -data.sync();
        if (errno != 0) {
            seen = noted.withLost(current);
            onLoss.run();
            throw new CacheException(Errnos.reason(errno), "data: cannot sync: " + Errnos.text(errno));
        }
    }

    /** Notes in the index what was lost, if that is still to be done. Until then what is filled is lost as well. */
    synchronized void noteLoss() throws CacheException {
        if (isLossToBeNoted()) {
            note(seen);
            current++; // only now: an opening must know of every epoch used
            unfinished = false;
        }
    }

    synchronized boolean isLossToBeNoted() {
        return !seen.equals(noted);
    }

    List<Epochs.Range> lost() {
        return seen.lost();
    }

    /** No record of these lost epochs is left. */
    synchronized void clearLost(List<Epochs.Range> gone) throws CacheException {
        noteLoss();
        note(noted.without(gone));
    }

    @GuardedBy("this")
    private void note(Epochs next) throws CacheException {
        Batch batch = new Batch();
        Index.putEpochs(batch, next);
        index.write(batch);
        index.store().sync();
        noted = next;
        seen = next;
    }
}
