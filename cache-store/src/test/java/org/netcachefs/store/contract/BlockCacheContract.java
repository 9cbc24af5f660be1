package org.netcachefs.store.contract;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.netcachefs.store.BlockCache;

/** What every cache does, on disk or in RAM: one subclass for each. */
public abstract class BlockCacheContract
        implements ReadContract,
                GuardContract,
                CoherencyContract,
                NodeContract,
                FlushContract,
                SpaceContract,
                LifecycleContract,
                ConcurrencyContract,
                RaceContract {
    private CacheProbe probe;

    /** A new, empty cache with blocks of 256 KiB, 64 to 600 slots, culled at 10:7:3. */
    protected abstract BlockCache open() throws Exception;

    @BeforeEach
    void openCache() throws Exception {
        use(open());
    }

    protected final void use(BlockCache cache) {
        probe = new CacheProbe(cache);
    }

    @AfterEach
    void closeCache() {
        probe.cache().close();
    }

    @Override
    public CacheProbe probe() {
        return probe;
    }
}
