package org.netcachefs.store.internal.engine;

import org.netcachefs.store.CacheException;

/** Is told of each failure that its caller gets over. */
interface Failures {
    void failed(CacheException e);
}
