package org.netcachefs.store.internal.engine;

import java.nio.file.Path;
import java.util.UUID;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.internal.data.DataFile;
import org.netcachefs.store.internal.data.NativeDataFile;
import org.netcachefs.store.internal.data.Superblock;
import org.netcachefs.store.internal.index.IndexStore;
import org.netcachefs.store.internal.index.RocksIndex;

/** What the store stands on: disk, database and boot. */
public interface Seams {
    DataFile data(Path path) throws CacheException;

    IndexStore index(Path directory, long budget) throws CacheException;

    UUID bootId() throws CacheException;

    /** The real ones. */
    static Seams real() {
        return new Seams() {
            @Override
            public DataFile data(Path path) throws CacheException {
                return NativeDataFile.open(path);
            }

            @Override
            public IndexStore index(Path directory, long budget) throws CacheException {
                return RocksIndex.open(directory, budget);
            }

            @Override
            public UUID bootId() throws CacheException {
                return Superblock.currentBootId();
            }
        };
    }
}
