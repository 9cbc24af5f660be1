package org.netcachefs.store.internal.engine;

import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.internal.index.Batch;
import org.netcachefs.store.internal.index.CookieRow;
import org.netcachefs.store.internal.index.Index;

/** Ends cookie ids: their blocks are to be swept, in one batch with what takes their place. Thread-safe. */
final class Retirement {
    private final Index index;
    private final Ids ids;
    private final RowLocks locks;
    private final Set<Long> pinned;
    private final Signal culling;

    /** The lowest id that was retired since this was last taken. */
    private final AtomicLong lowest = new AtomicLong(Long.MAX_VALUE);

    Retirement(Index index, Ids ids, RowLocks locks, Set<Long> pinned, Signal culling) {
        this.index = index;
        this.ids = ids;
        this.locks = locks;
        this.pinned = pinned;
        this.culling = culling;
    }

    /** The id {@code old} ends. Its node's row becomes {@code next} if that is pinned, else it is gone until something is cached. */
    void retire(long node, long old, @Nullable CookieRow next) throws CacheException {
        ReentrantLock lock = locks.lock(old);
        try {
            Batch batch = new Batch();
            if (next != null && next.pinned()) {
                Index.putCookie(batch, node, next);
                pinned.add(next.id());
            } else if (isOf(old, index.cookie(node))) {
                Index.deleteCookie(batch, node);
            }
            if (old != 0) {
                Index.putDead(batch, old);
            }
            index.write(batch);
            pinned.remove(old);
        } finally {
            lock.unlock();
        }
        if (old != 0) {
            lowest.accumulateAndGet(old, Math::min);
        }
        culling.raise();
    }

    /** The lowest id that was retired since the last call; {@code Long.MAX_VALUE} if none was. */
    long takeLowest() {
        return lowest.getAndSet(Long.MAX_VALUE);
    }

    private static boolean isOf(long id, @Nullable CookieRow row) {
        return row != null && row.id() == id;
    }

    /** As {@link #retire} of an id that ended some time ago: its node may have another by now. Its node's lock is held. */
    void retireLate(long node, long old, long stamp) throws CacheException {
        CookieRow row = index.cookie(node);
        if (row != null && row.id() == old) {
            retireClosed(node, row, stamp);
        } else {
            retire(node, old, null);
        }
    }

    /** As {@link #retire} of a cookie that is not open; its node's lock is held. */
    void retireClosed(long node, CookieRow old, long stamp) throws CacheException {
        retire(node, old.id(), new CookieRow(ids.next(), old.coherency(), Long.MAX_VALUE, stamp, old.pinned()));
    }
}
