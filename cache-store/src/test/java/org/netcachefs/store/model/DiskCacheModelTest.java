package org.netcachefs.store.model;

import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.io.TempDir;
import org.netcachefs.store.BlockCache;
import org.netcachefs.store.CacheConfig;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.CacheStore;

class DiskCacheModelTest extends BlockCacheModelTest {
    @TempDir
    Path base;

    private int made;

    @Override
    BlockCache open() throws CacheException {
        made++;
        return openAgain();
    }

    private BlockCache openAgain() throws CacheException {
        return CacheStore.open(CacheConfig.in(base.resolve("cache" + made), OptionalLong.of(81L << 20)));
    }

    @Override
    CacheModel.Reopen reopen() {
        return closed -> openAgain();
    }

    @Override
    int shortRuns() {
        return 4;
    }

    @Override
    int longRuns() {
        return 10;
    }
}
