package org.netcachefs.store.internal.engine;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.UUID;
import org.netcachefs.store.CacheConfig;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.internal.data.DataFile;
import org.netcachefs.store.internal.data.NativeDataFile;
import org.netcachefs.store.internal.index.Family;
import org.netcachefs.store.internal.index.IndexStore;
import org.netcachefs.store.internal.index.RocksIndex;

/** What a store stands on, with switches: its data file, its index, and the boot it lives in. */
final class FaultySeams implements Seams {
    UUID boot = UUID.randomUUID();
    FaultyDataFile data;
    FaultyIndex index;

    /** Scans of this family are held up from the opening on. */
    Family held;

    OpenCache open(Path directory) throws CacheException {
        return (OpenCache) new CacheOpener(CacheConfig.in(directory, OptionalLong.of(100L << 20)), this).open();
    }

    @Override
    public DataFile data(Path path) throws CacheException {
        data = new FaultyDataFile(NativeDataFile.open(path));
        return data;
    }

    @Override
    public IndexStore index(Path directory, long budget) throws CacheException {
        index = new FaultyIndex(RocksIndex.open(directory, budget));
        index.held = held;
        return index;
    }

    @Override
    public UUID bootId() {
        return boot;
    }

    /** All data of a cache is gone. */
    static void zeroData(Path directory) throws IOException {
        try (RandomAccessFile data =
                new RandomAccessFile(directory.resolve("data").toFile(), "rw")) {
            long length = data.length();
            data.setLength(0);
            data.setLength(length);
        }
    }
}
