package org.netcachefs.arch.planted.store.internal;

import jnr.ffi.Pointer;
import org.netcachefs.arch.planted.store.Cache;
import org.rocksdb.RocksDB;

/** Allowed: implements what its owner declares, with RocksDB and native calls. */
public final class Index extends Cache {
    public void take(Pointer pointer, RocksDB index) {}
}
