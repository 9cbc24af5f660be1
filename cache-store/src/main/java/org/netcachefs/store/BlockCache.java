package org.netcachefs.store;

import java.util.concurrent.CompletionStage;

/**
 * Blocks of files on local disk, within a declared size. Opened by {@link CacheStore#open}. Thread-safe. Any call may throw {@link CacheException}
 * or find nothing; the data then comes from upstream.
 */
public interface BlockCache extends AutoCloseable {
    BlockGeometry geometry();

    /** The volume of this key, made when new. */
    Volume volume(VolumeKey key) throws CacheException;

    CacheStatistics statistics();

    /** Removes in the background what keeps headroom; run by one thread of the daemon. */
    Culler culler();

    /** Completes when every fill queued before the call is published or dropped, and what was flushed or retired is free. */
    CompletionStage<Void> drain();

    /** Drains fills, makes all durable and sets the clean flag. Waits for holds. Idempotent. */
    @Override
    void close();
}
