package org.netcachefs.store.contract;

import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.io.TempDir;
import org.netcachefs.store.BlockCache;
import org.netcachefs.store.CacheConfig;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.CacheStore;

class DiskCacheContractTest extends BlockCacheContract implements HoldContract {
    @TempDir
    Path directory;

    @Override
    protected BlockCache open() throws CacheException {
        return CacheStore.open(CacheConfig.in(directory.resolve("cache"), OptionalLong.of(100L << 20)));
    }

    @Override
    public void reopen() throws CacheException {
        probe().cache().close();
        use(open());
    }
}
