package org.netcachefs.store.internal.engine;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.internal.data.Place;
import org.netcachefs.store.internal.data.SlotTable;
import org.netcachefs.store.internal.index.Batch;
import org.netcachefs.store.internal.index.BlockRow;
import org.netcachefs.store.internal.index.Index;
import org.netcachefs.store.internal.index.Piece;

/**
 * Changes of the rows that say where blocks lie. Each is read, changed and written under the lock of its cookie id, with
 * {@code slots} in the same batch; then the open cookie's map follows, and what is no longer named is freed. Thread-safe.
 */
final class BlockRecords {
    private final Index index;
    private final SlotTable slots;
    private final EpochKeeper epochs;
    private final OpenCookies cookies;
    private final RowLocks locks;

    /** Publications whose write failed. */
    private final Queue<Publication> doubts = new ConcurrentLinkedQueue<>();

    BlockRecords(Index index, SlotTable slots, EpochKeeper epochs, OpenCookies cookies, RowLocks locks) {
        this.index = index;
        this.slots = slots;
        this.epochs = epochs;
        this.cookies = cookies;
        this.locks = locks;
    }

    /**
     * Publishes pieces of a block if the cookie is still as the ticket knew it; whether it did. If not, their places are
     * given back; at once, or by {@link #decideDoubts} if the index may have the record.
     */
    boolean publish(Publication wanted) throws CacheException {
        boolean tried = false;
        try {
            ReentrantLock lock = locks.lock(wanted.id());
            try {
                if (!wanted.stands()) {
                    return false;
                }
                BlockRow old = row(wanted.id(), wanted.block());
                tried = true;
                publish(wanted, old);
                return true;
            } finally {
                lock.unlock();
            }
        } finally {
            if (!tried) {
                wanted.places().forEach(place -> slots.giveBack(place.slot(), place.mask()));
            }
        }
    }

    private void publish(Publication wanted, BlockRow old) throws CacheException {
        Batch batch = new Batch();
        wanted.cookie().record(batch, wanted.id());
        BlockRow next = old.with(wanted.pieces());
        try {
            write(batch, wanted.id(), wanted.block(), old, next);
        } catch (CacheException e) {
            wanted.places().forEach(place -> slots.doubt(place.slot(), place.mask()));
            doubts.add(wanted);
            throw e;
        }
        wanted.cookie().recorded(wanted.id());
        long sectors = new BlockRow(wanted.pieces()).present();
        slots.published(Long.bitCount(sectors));
        if (wanted.cookie().isPinned()) {
            next.slots().forEach(slot -> slots.marks().setPinned(slot, true));
        }
        boolean counts = wanted.cookie().state().noteFilled(wanted, sectors);
        followed(wanted.id(), wanted.block(), old, next);
        if (!counts) {
            reduce(wanted.id(), wanted.block(), row -> row.without(sectors));
        }
    }

    /** The index is well: publications that failed are removed if it has them all the same. Called by one thread. */
    void decideDoubts() throws CacheException {
        for (Publication doubt = doubts.peek(); doubt != null; doubt = doubts.peek()) {
            ReentrantLock lock = locks.lock(doubt.id());
            try {
                BlockRow failed = new BlockRow(doubt.pieces());
                reduce(doubt.id(), doubt.block(), row -> row.only(piece -> !failed.has(piece)));
                List<Place> free = failed.placesNotIn(row(doubt.id(), doubt.block()));
                free.forEach(place -> slots.decide(place.slot(), place.mask(), false));
                doubt.places().forEach(place -> slots.decide(place.slot(), place.mask(), true));
            } finally {
                lock.unlock();
            }
            doubts.remove();
        }
    }

    /** Changes a row to what has no more than it had; answers the places it gave up. */
    List<Place> reduce(long id, long block, UnaryOperator<BlockRow> change) throws CacheException {
        ReentrantLock lock = locks.lock(id);
        try {
            BlockRow old = row(id, block);
            BlockRow next = change.apply(old);
            if (next.present() == old.present()) {
                return List.of();
            }
            write(new Batch(), id, block, old, next);
            return followed(id, block, old, next);
        } finally {
            lock.unlock();
        }
    }

    /** As {@link #reduce}, of places that are another's: they are not freed. */
    void disown(long id, long block, UnaryOperator<BlockRow> change) throws CacheException {
        ReentrantLock lock = locks.lock(id);
        try {
            BlockRow old = row(id, block);
            BlockRow next = change.apply(old);
            write(new Batch(), id, block, old, next);
            tell(id, block, next);
        } finally {
            lock.unlock();
        }
    }

    /** The block has nothing in {@code slot} any more. */
    void leave(int slot, long id, long block) throws CacheException {
        ReentrantLock lock = locks.lock(id);
        try {
            BlockRow old = row(id, block);
            BlockRow next = old.only(piece -> piece.slot() != slot);
            Batch batch = new Batch();
            Index.deleteSlot(batch, slot, id, block);
            write(batch, id, block, old, next);
            followed(id, block, old, next);
        } finally {
            lock.unlock();
        }
    }

    private BlockRow row(long id, long block) throws CacheException {
        BlockRow row = index.block(id, block);
        return row == null ? BlockRow.EMPTY : row;
    }

    private void write(Batch batch, long id, long block, BlockRow old, BlockRow next) throws CacheException {
        Index.putBlock(batch, id, block, next);
        for (int slot : old.slots()) {
            if (!next.slots().contains(slot)) {
                Index.deleteSlot(batch, slot, id, block);
            }
        }
        for (int slot : next.slots()) {
            if (!old.slots().contains(slot)) {
                Index.putSlot(batch, slot, id, block);
            }
        }
        index.write(batch);
    }

    /** The row was changed, under its lock: the open cookie is told, then what is no longer named is freed. */
    List<Place> followed(long id, long block, BlockRow old, BlockRow next) {
        tell(id, block, next);
        List<Place> gone = old.placesNotIn(next);
        gone.forEach(place -> slots.unpublish(place.slot(), place.mask()));
        return gone;
    }

    private void tell(long id, long block, BlockRow next) {
        CookieState state = cookies.ofId(id);
        if (state != null) {
            state.edited(id, block, known -> visible(next, known));
        }
    }

    /** What may be served of a row: nothing of a lost epoch, and of unsettled fills those of {@code known} sectors. */
    BlockRow visible(BlockRow row, long known) {
        for (Piece piece : row.pieces()) {
            if (piece.unsettled() || epochs.hasLost()) {
                return row.only(one -> isVisible(one, known));
            }
        }
        return row;
    }

    private boolean isVisible(Piece piece, long known) {
        return !epochs.isLost(piece.epoch()) && (!piece.unsettled() || (piece.blockMask() & ~known) == 0);
    }
}
