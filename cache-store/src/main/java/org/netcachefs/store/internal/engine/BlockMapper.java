package org.netcachefs.store.internal.engine;

import org.netcachefs.store.CacheException;
import org.netcachefs.store.internal.index.Index;

/** Brings the rows of an open cookie's blocks into its map. Thread-safe. */
final class BlockMapper {
    private static final int TRIES = 3;

    private final Index index;
    private final BlockRecords records;
    private final MapBudget budget;

    BlockMapper(Index index, BlockRecords records, MapBudget budget) {
        this.index = index;
        this.records = records;
        this.budget = budget;
    }

    /** Maps the chunk that holds {@code block}; false when its rows kept changing. Reads the index. */
    boolean map(CookieState state, long block) throws CacheException {
        for (int i = 0; i < TRIES; i++) {
            if (state.isMapped(block)) {
                return true;
            }
            long edits = state.edits();
            long id = state.id();
            if (state.map(read(state, id, Chunk.numberOf(block)), edits)) {
                budget.enforce();
                return true;
            }
        }
        return false;
    }

    private Chunk read(CookieState state, long id, long number) throws CacheException {
        Chunk chunk = state.newChunk(number);
        index.blocks(id, number * Chunk.BLOCKS, (cookie, block, row) -> {
            if (cookie != id || Chunk.numberOf(block) != number) {
                return false;
            }
            chunk.set(Chunk.indexOf(block), records.visible(row, state.unsettled(block)));
            return true;
        });
        return chunk;
    }
}
