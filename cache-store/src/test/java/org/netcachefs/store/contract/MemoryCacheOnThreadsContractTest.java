package org.netcachefs.store.contract;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.netcachefs.store.BlockCache;
import org.netcachefs.store.BlockGeometry;
import org.netcachefs.store.Watermarks;
import org.netcachefs.store.memory.MemoryCache;

/** Fills and asynchronous reads on threads of their own. */
class MemoryCacheOnThreadsContractTest extends BlockCacheContract {
    private final ExecutorService threads = Executors.newFixedThreadPool(3);

    @Override
    protected BlockCache open() {
        BlockGeometry geometry = new BlockGeometry(BlockGeometry.DEFAULT_BLOCK_BYTES);
        return MemoryCache.create(geometry, 32L << 20, Watermarks.DEFAULT, threads);
    }

    @AfterEach
    void stopThreads() {
        threads.shutdown();
    }
}
