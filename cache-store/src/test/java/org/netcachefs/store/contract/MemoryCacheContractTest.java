package org.netcachefs.store.contract;

import org.netcachefs.store.BlockCache;
import org.netcachefs.store.BlockGeometry;
import org.netcachefs.store.memory.MemoryCache;

class MemoryCacheContractTest extends BlockCacheContract {
    @Override
    protected BlockCache open() {
        return MemoryCache.create(new BlockGeometry(BlockGeometry.DEFAULT_BLOCK_BYTES), 32L << 20);
    }
}
