package org.netcachefs.store.internal.engine;

import java.util.List;
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

    BlockRecords(Index index, SlotTable slots, EpochKeeper epochs, OpenCookies cookies, RowLocks locks) {
        this.index = index;
        this.slots = slots;
        this.epochs = epochs;
        this.cookies = cookies;
        this.locks = locks;
    }

    /** Publishes pieces of a block if the cookie is still as the ticket knew it; whether it did. */
    boolean publish(Publication wanted) throws CacheException {
        ReentrantLock lock = locks.lock(wanted.id());
        try {
            if (!wanted.stands()) {
                return false;
            }
            Batch batch = new Batch();
            wanted.cookie().record(batch, wanted.id());
            BlockRow old = row(wanted.id(), wanted.block());
            BlockRow next = old.with(wanted.pieces());
            write(batch, wanted.id(), wanted.block(), old, next);
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
            return true;
        } finally {
            lock.unlock();
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
            CookieState state = cookies.ofId(id);
            if (state != null) {
                state.edited(id, block, visible(next, state.unsettled(block)));
            }
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
        CookieState state = cookies.ofId(id);
        if (state != null) {
            state.edited(id, block, visible(next, state.unsettled(block)));
        }
        List<Place> gone = old.placesNotIn(next);
        gone.forEach(place -> slots.unpublish(place.slot(), place.mask()));
        return gone;
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
