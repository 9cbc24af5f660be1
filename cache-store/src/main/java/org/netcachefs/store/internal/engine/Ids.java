package org.netcachefs.store.internal.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.internal.index.Batch;
import org.netcachefs.store.internal.index.Index;
import org.netcachefs.store.internal.index.Index.Counter;

/** Ids for volumes and cookies, never given twice: reserved in the index a thousand at a time. Thread-safe. */
final class Ids {
    private static final int RESERVED = 1024;

    private final Index index;

    @GuardedBy("this")
    private long next;

    @GuardedBy("this")
    private long end;

    Ids(Index index) throws CacheException {
        this.index = index;
        next = Math.max(1, index.counter(Counter.NEXT_ID));
        end = next;
    }

    synchronized long next() throws CacheException {
        if (next == end) {
            Batch batch = new Batch();
            Index.putCounter(batch, Counter.NEXT_ID, end + RESERVED);
            index.write(batch);
            end += RESERVED;
        }
        return next++;
    }
}
