package org.netcachefs.store.internal.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.netcachefs.store.BlockGeometry;
import org.netcachefs.store.ByteRange;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.internal.index.BlockRow;
import org.netcachefs.store.internal.index.Piece;

/** Makes holes of parts of an open cookie: in memory at once, in the index now or on an I/O thread. Thread-safe. */
final class CookieEdits {
    private final Engine engine;
    private final CookieState state;

    CookieEdits(Engine engine, CookieState state) {
        this.engine = engine;
        this.state = state;
    }

    void unpublish(ByteRange range) throws CacheException {
        if (range.isEmpty()) {
            return;
        }
        BlockGeometry geometry = engine.disk.geometry();
        long first = geometry.blockOf(range.start());
        long last = geometry.blockOf(range.end() - 1);
        long id = state.id();
        state.wrote(geometry.sectorsAround(range));
        awaitPublications(id);
        if (state.isHole(geometry.sectorsAround(range))) {
            return;
        }
        state.bar(first, last);
        try {
            for (long block : blocks(id, first, last)) {
                long sectors = geometry.sectorMask(block, range);
                engine.records.reduce(id, block, row -> row.without(sectors));
            }
        } finally {
            state.unbar();
        }
        engine.culling.raise();
    }

    /** Publications that found the guard as it was before it moved have written their rows when this returns. */
    private void awaitPublications(long id) throws CacheException {
        engine.rowLocks.lock(id).unlock();
    }

    private List<Long> blocks(long id, long first, long last) throws CacheException {
        List<Long> blocks = new ArrayList<>();
        engine.index.blocks(id, first, (cookie, block, row) -> {
            boolean within = cookie == id && block <= last;
            if (within) {
                blocks.add(block);
            }
            return within;
        });
        return blocks;
    }

    /** Nothing at or past the valid end is left, and the end no longer counts. On an I/O thread, before a fill past it. */
    void clearPastEnd(OpenCookie cookie, long guard) throws CacheException {
        long validEnd = state.row().validEnd();
        BlockGeometry geometry = engine.disk.geometry();
        long first = geometry.blockOf(validEnd);
        ByteRange past = ByteRange.between(validEnd, Long.MAX_VALUE - geometry.blockBytes());
        state.bar(first, Long.MAX_VALUE);
        try {
            long id = state.id();
            awaitPublications(id);
            for (long block : blocks(id, first, Long.MAX_VALUE)) {
                long sectors = geometry.sectorMask(block, past);
                engine.records.reduce(id, block, row -> row.without(sectors));
            }
        } finally {
            state.unbar();
        }
        state.unlimit(guard);
        cookie.save();
    }

    /** At once, so that the fetch that follows fills them; but not what was filled there since they were read. */
    void damaged(Verifier.Run run) {
        state.bar(run.block(), run.block());
        try {
            reduceQuietly(run.id(), run.block(), row -> row.without(run.sectorsIn(row)));
        } finally {
            state.unbar();
        }
    }

    void dropUnsettled() {
        long id = state.id();
        long[] blocks = state.dropUnsettled();
        if (blocks.length > 0) {
            boolean unused = engine.io.submit(scratch -> {
                for (long block : blocks) {
                    reduceQuietly(id, block, row -> row.only(piece -> isLive(id, block, piece)));
                }
            });
        }
    }

    private boolean isLive(long id, long block, Piece piece) {
        CookieState now = engine.cookies.ofId(id);
        return !piece.unsettled() || (now != null && (piece.blockMask() & ~now.unsettled(block)) == 0);
    }

    private void reduceQuietly(long id, long block, UnaryOperator<BlockRow> change) {
        try {
            engine.records.reduce(id, block, change);
            engine.culling.raise();
        } catch (CacheException e) {
            engine.failed(e);
        }
    }

    void markPinned(boolean on) throws CacheException {
        long id = state.id();
        if (on) {
            engine.pinned.add(id);
        } else {
            engine.pinned.remove(id);
        }
        engine.index.blocks(id, 0, (cookie, block, row) -> {
            if (cookie == id) {
                row.slots().forEach(slot -> engine.disk.marks().setPinned(slot, on));
            }
            return cookie == id;
        });
    }
}
