package org.netcachefs.store.internal.engine;

import java.util.ArrayList;
import java.util.List;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.internal.data.SlotTable;
import org.netcachefs.store.internal.index.BlockRow;
import org.netcachefs.store.internal.index.Epochs;
import org.netcachefs.store.internal.index.Piece;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out, from the index, which sectors are taken. Until then there are hits, but no fills and no culling. */
final class Rebuilder {
    private static final Logger LOG = LoggerFactory.getLogger(Rebuilder.class);

    private final Engine engine;
    private final SlotTable slots;

    /** Pieces that must go: of a lost epoch, unsettled, or in a place that is another's. */
    private final List<Doomed> doomed = new ArrayList<>();

    /** Epochs that were lost before: no fill of this session is of one. */
    private final List<Epochs.Range> lost;

    private long seen;

    /** A piece to be removed from its row; {@code claimed}: its place is noted as taken. */
    private record Doomed(long cookie, long block, Piece piece, boolean claimed) {}

    Rebuilder(Engine engine) {
        this.engine = engine;
        slots = engine.disk.slots();
        lost = engine.epochs.lost();
    }

    void run() throws CacheException {
        engine.index.cookies(0, (node, row) -> {
            if (row.pinned()) {
                engine.pinned.add(row.id());
            }
            return true;
        });
        engine.index.blocks(0, 0, (cookie, block, row) -> {
            seen++;
            row.pieces().forEach(piece -> claim(cookie, block, piece));
            return true;
        });
        for (Doomed one : doomed) {
            remove(one);
        }
        if (!lost.isEmpty()) {
            engine.index.store().sync();
            engine.epochs.clearLost(lost);
        }
        engine.rowLocks.awaitHolders(); // who changed a row before it was read has said so
        slots.open();
        LOG.info("cache: {} blocks, {} of {} slots free", seen, slots.free(), slots.slots());
    }

    private void claim(long cookie, long block, Piece piece) {
        boolean claimed = slots.claim(piece.slot(), piece.slotMask());
        if (!claimed) {
            engine.counters.indexErrors.increment();
            LOG.warn("index: slot {} is named twice, or lies outside; one block is forgotten", piece.slot());
        }
        if (!claimed || piece.unsettled() || engine.epochs.isLost(piece.epoch())) {
            doomed.add(new Doomed(cookie, block, piece, claimed));
        } else if (engine.pinned.contains(cookie)) {
            slots.marks().setPinned(piece.slot(), true);
        }
    }

    private void remove(Doomed one) throws CacheException {
        if (one.claimed) {
            engine.records.reduce(one.cookie, one.block, row -> without(row, one.piece));
        } else {
            engine.records.disown(one.cookie, one.block, row -> without(row, one.piece));
        }
    }

    private static BlockRow without(BlockRow row, Piece piece) {
        return row.has(piece) ? row.without(piece.blockMask()) : row;
    }
}
