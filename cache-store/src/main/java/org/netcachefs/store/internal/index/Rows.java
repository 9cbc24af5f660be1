package org.netcachefs.store.internal.index;

import org.jspecify.annotations.Nullable;
import org.netcachefs.store.CacheException;

/** Scans whose rows may be damaged: the exception comes out of the scan. */
final class Rows {
    private Rows() {}

    interface Seen {
        boolean at(byte[] key, byte[] value) throws CacheException;
    }

    static void scan(IndexStore store, Family family, byte[] from, Seen seen) throws CacheException {
        @Nullable CacheException[] failure = new CacheException[1];
        store.scan(family, from, (key, value) -> {
            try {
                return seen.at(key, value);
            } catch (CacheException e) {
                failure[0] = e;
                return false;
            }
        });
        CacheException thrown = failure[0];
        if (thrown != null) {
            throw thrown;
        }
    }
}
