package org.netcachefs.store.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.netcachefs.store.BlockCache;

/** Random lives of a cache: one subclass for each kind. */
abstract class BlockCacheModelTest {
    /** An empty cache of some 64 slots. */
    abstract BlockCache open() throws Exception;

    /** How a cache is opened again after it was closed; null where nothing is left of it. */
    CacheModel.Reopen reopen() {
        return null;
    }

    int shortRuns() {
        return 10;
    }

    int longRuns() {
        return 50;
    }

    @Test
    void shortLives_neverReadAWrongByte() throws Exception {
        live(1, shortRuns(), 1500);
    }

    @Test
    @Tag("long")
    void longLives_neverReadAWrongByte() throws Exception {
        live(1000, longRuns(), 6000);
    }

    private void live(long firstSeed, int runs, int steps) throws Exception {
        long hits = 0;
        for (long seed = firstSeed; seed < firstSeed + runs; seed++) {
            CacheModel model = new CacheModel(seed, open(), reopen());
            try {
                model.run(steps);
            } catch (Throwable e) {
                throw new AssertionError("seed " + seed, e);
            }
            hits += model.hits();
        }
        assertThat(hits).as("bytes read from the cache").isGreaterThan((long) runs * steps * 1000);
    }
}
