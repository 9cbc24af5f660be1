package org.netcachefs.arch.planted.daemon;

import org.rocksdb.RocksDB;

/** Violation: the index outside the store. */
public interface NamesRocksDb {
    void take(RocksDB index);
}
