package org.netcachefs.store.internal.index;

import java.util.Arrays;
import java.util.List;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteBufferManager;

/** How RocksDB is asked to stay small: on disk within the index budget (small logs, small tables), in memory within 32 MiB. */
final class RocksSettings implements AutoCloseable {
    private static final long CACHE_BYTES = 24L << 20;
    private static final long LOG_BYTES = 8L << 20;

    private final Cache cache = new LRUCache(CACHE_BYTES);
    private final WriteBufferManager buffers;
    private final BloomFilter filter = new BloomFilter(10);
    private final DBOptions database = new DBOptions();
    private final ColumnFamilyOptions family = new ColumnFamilyOptions();

    RocksSettings(long budget) {
        long logBytes = Math.min(LOG_BYTES, budget / 8);
        buffers = new WriteBufferManager(logBytes, cache);
        database.setCreateIfMissing(true)
                .setCreateMissingColumnFamilies(true)
                .setWalRecoveryMode(WALRecoveryMode.PointInTimeRecovery)
                .setRecycleLogFileNum(0)
                .setMaxTotalWalSize(logBytes)
                .setWriteBufferManager(buffers)
                .setMaxBackgroundJobs(2)
                .setMaxOpenFiles(256)
                .setAllowFAllocate(false)
                .setManifestPreallocationSize(4 << 10)
                .setMaxManifestFileSize(Math.min(4L << 20, budget / 64))
                .setMaxLogFileSize(128 << 10)
                .setKeepLogFileNum(1)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setStatsDumpPeriodSec(0)
                .setStatsPersistPeriodSec(0)
                .setParanoidChecks(true)
                .setSkipStatsUpdateOnDbOpen(true)
                .setAvoidUnnecessaryBlockingIO(true);
        BlockBasedTableConfig table = new BlockBasedTableConfig()
                .setBlockCache(cache)
                .setFilterPolicy(filter)
                .setBlockSize(8 << 10)
                .setCacheIndexAndFilterBlocks(true)
                .setPinL0FilterAndIndexBlocksInCache(true)
                .setFormatVersion(5);
        family.setTableFormatConfig(table)
                .setWriteBufferSize(1L << 20)
                .setMaxWriteBufferNumber(2)
                .setTargetFileSizeBase(Math.min(2L << 20, budget / 32))
                .setMaxCompactionBytes(Math.max(2L << 20, budget / 16))
                .setMaxBytesForLevelBase(8L << 20)
                .setLevelCompactionDynamicLevelBytes(true)
                .setCompressionType(CompressionType.LZ4_COMPRESSION);
    }

    /** What is in the cache of blocks, which the buffers of what was written count in. */
    long memoryBytes() {
        return cache.getUsage();
    }

    DBOptions database() {
        return database;
    }

    List<ColumnFamilyDescriptor> families() {
        return Arrays.stream(Family.values())
                .map(name -> new ColumnFamilyDescriptor(name.diskName(), family))
                .toList();
    }

    @Override
    public void close() {
        database.close();
        family.close();
        filter.close();
        buffers.close();
        cache.close();
    }
}
