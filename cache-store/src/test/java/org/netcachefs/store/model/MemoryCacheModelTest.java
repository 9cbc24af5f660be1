package org.netcachefs.store.model;

import org.netcachefs.store.BlockCache;
import org.netcachefs.store.BlockGeometry;
import org.netcachefs.store.memory.MemoryCache;

class MemoryCacheModelTest extends BlockCacheModelTest {
    @Override
    BlockCache open() {
        return MemoryCache.create(new BlockGeometry(BlockGeometry.DEFAULT_BLOCK_BYTES), 10L << 20);
    }
}
