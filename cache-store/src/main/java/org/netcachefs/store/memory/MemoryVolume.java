package org.netcachefs.store.memory;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.CoherencyData;
import org.netcachefs.store.Cookie;
import org.netcachefs.store.ObjectKey;
import org.netcachefs.store.Volume;
import org.netcachefs.store.VolumeKey;

/** A volume of a {@link MemoryCache}. */
final class MemoryVolume implements Volume {
    private final Core core;
    private final Object lock;
    private final VolumeKey key;

    @GuardedBy("lock")
    private final NodeRows rows;

    MemoryVolume(Core core, VolumeKey key, int maxNodes) {
        this.core = core;
        this.lock = core.lock;
        this.key = key;
        this.rows = new NodeRows(key, maxNodes, MemoryCookie::flush);
    }

    @Override
    public VolumeKey key() {
        return key;
    }

    @Override
    public long node(ObjectKey object, long parent, byte[] name) throws CacheException {
        synchronized (lock) {
            core.checkOpen();
            return rows.node(object, parent, name);
        }
    }

    @Override
    public @Nullable NodeRow nodeRow(long node) throws CacheException {
        synchronized (lock) {
            core.checkOpen();
            NodeRows.Row row = rows.find(node);
            return row == null ? null : row.seen;
        }
    }

    @Override
    public long child(long parent, byte[] name) throws CacheException {
        synchronized (lock) {
            core.checkOpen();
            return rows.child(parent, name);
        }
    }

    @Override
    public void removeChild(long parent, byte[] name) throws CacheException {
        synchronized (lock) {
            core.checkOpen();
            rows.removeChild(parent, name);
        }
    }

    @Override
    public Cookie acquire(long node, CoherencyData current) throws CacheException {
        MemoryCookie cookie;
        synchronized (lock) {
            core.checkOpen();
            NodeRows.Row row = rows.row(node);
            if (row.cookie == null) {
                row.cookie = new MemoryCookie(core, node, current);
            }
            cookie = row.cookie;
            cookie.acquire(current);
        }
        core.changed();
        return cookie;
    }

    @Override
    public @Nullable CookieSummary summary(long node) throws CacheException {
        synchronized (lock) {
            core.checkOpen();
            NodeRows.Row row = rows.find(node);
            return row == null || row.cookie == null ? null : row.cookie.summary();
        }
    }

    @Override
    public void flush(long node) throws CacheException {
        synchronized (lock) {
            core.checkOpen();
            for (NodeRows.Row row : rows.all()) {
                if (row.cookie != null && rows.isBelow(row.id, node)) {
                    core.space.addFlushed(row.cookie.flush());
                }
            }
        }
        core.changed();
    }

    @Override
    public void flushAll() throws CacheException {
        flush(0);
    }
}
