package org.netcachefs.store;

import org.netcachefs.store.internal.engine.CacheOpener;
import org.netcachefs.store.internal.engine.Seams;

/** Where caches on local disk come from. */
public final class CacheStore {
    private CacheStore() {}

    /**
     * Opens the cache in {@link CacheConfig#directory}, or makes it. One process may have it open: a second gets
     * {@link CacheException.Reason#IN_USE}. Takes well under a second whatever the cache holds; what an unclean stop left is
     * put in order in the background, with hits meanwhile and fills waiting.
     */
    public static BlockCache open(CacheConfig config) throws CacheException {
        return new CacheOpener(config, Seams.real()).open();
    }
}
