package org.netcachefs.store.internal.engine;

import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.CoherencyData;
import org.netcachefs.store.Cookie;
import org.netcachefs.store.NodeHash;
import org.netcachefs.store.ObjectKey;
import org.netcachefs.store.Volume;
import org.netcachefs.store.VolumeKey;
import org.netcachefs.store.internal.index.Batch;
import org.netcachefs.store.internal.index.CookieRow;
import org.netcachefs.store.internal.index.Index;
import org.netcachefs.store.internal.index.NodeRecord;

/** A volume of the persistent store. */
final class OpenVolume implements Volume {
    private final Engine engine;
    private final VolumeKey key;
    private final long id;
    private final NodeHash hash;

    OpenVolume(Engine engine, VolumeKey key, long id) {
        this.engine = engine;
        this.key = key;
        this.id = id;
        hash = new NodeHash(key);
    }

    @Override
    public VolumeKey key() {
        return key;
    }

    // ---- nodes

    @Override
    public long node(ObjectKey object, long parent, byte[] name) throws CacheException {
        long node = engine.index.nodeOf(id, object);
        if (node != 0) {
            engine.indexBudget.asked(node);
            NodeRecord record = engine.index.node(node);
            if (record != null && record.isSeenAs(parent, name)) {
                return node;
            }
        }
        ReentrantLock lock = engine.lockTree(id);
        try {
            return seen(new NodeRow(object, parent, name.clone()));
        } finally {
            lock.unlock();
        }
    }

    /** What was flushed where it was stays flushed where it is now. */
    private long seen(NodeRow row) throws CacheException {
        Batch batch = new Batch();
        long node = engine.index.nodeOf(id, row.key());
        long epoch = 0;
        if (node == 0) {
            engine.indexBudget.requireRoom();
            node = freeId(row.key());
            Index.putNodeOf(batch, id, row.key(), node);
        } else {
            NodeRecord record = engine.index.node(node);
            epoch = record == null ? 0 : record.flushEpoch();
            if (engine.flushEpochs.isSweepDue()) {
                epoch = Math.max(epoch, engine.flushEpochs.of(node));
            }
        }
        engine.indexBudget.asked(node);
        unlist(batch, row.parent(), row.name(), node);
        Index.putNode(batch, node, new NodeRecord(id, row, epoch, true));
        Index.putChild(batch, id, row.parent(), row.name(), node);
        engine.index.write(batch);
        return node;
    }

    private long freeId(ObjectKey object) throws CacheException {
        long node = hash.idOf(object);
        while (engine.index.node(node) != null) {
            node++;
        }
        return node;
    }

    /** Whoever else has this name no longer has it. */
    private void unlist(Batch batch, long parent, byte[] name, long except) throws CacheException {
        long other = engine.index.child(id, parent, name);
        NodeRecord record = other == 0 || other == except ? null : engine.index.node(other);
        if (record != null && record.isSeenAs(parent, name)) {
            Index.putNode(batch, other, record.unlisted());
        }
    }

    @Override
    public @Nullable NodeRow nodeRow(long node) throws CacheException {
        engine.indexBudget.asked(node);
        NodeRecord record = engine.index.node(node);
        return record == null || record.volume() != id ? null : record.row();
    }

    @Override
    public long child(long parent, byte[] name) throws CacheException {
        long node = engine.index.child(id, parent, name);
        engine.indexBudget.asked(node);
        return node;
    }

    @Override
    public void removeChild(long parent, byte[] name) throws CacheException {
        ReentrantLock lock = engine.lockTree(id);
        try {
            if (engine.index.child(id, parent, name) != 0) {
                Batch batch = new Batch();
                unlist(batch, parent, name, 0);
                Index.deleteChild(batch, id, parent, name);
                engine.index.write(batch);
            }
        } finally {
            lock.unlock();
        }
    }

    // ---- cookies

    @Override
    public Cookie acquire(long node, CoherencyData current) throws CacheException {
        engine.indexBudget.asked(node);
        ReentrantLock lock = engine.nodeLocks.lock(node);
        try {
            OpenCookie cookie = opened(node, current);
            try {
                boolean stale =
                        engine.flushEpochs.isStale(node, cookie.state().row().stamp());
                if (stale || cookie.state().id() == 0 || !cookie.coherency().equals(current)) {
                    cookie.invalidate(current);
                }
            } catch (CacheException e) {
                cookie.relinquish();
                throw e;
            }
            return cookie;
        } finally {
            lock.unlock();
        }
    }

    private OpenCookie opened(long node, CoherencyData current) throws CacheException {
        OpenCookie open = engine.cookies.ofNode(node);
        if (open != null && open.reference()) {
            return open;
        }
        CookieRow row = engine.index.cookie(node);
        boolean recorded = row != null && !engine.unwritten.has(row.id());
        if (row == null || !recorded) {
            boolean pinned = row != null && row.pinned();
            row = new CookieRow(engine.ids.next(), current, Long.MAX_VALUE, engine.flushEpochs.stamp(), pinned);
        }
        CookieState state = new CookieState(engine.disk, engine.mapBudget, engine.versions, row, !recorded);
        OpenCookie cookie = new OpenCookie(engine, node, state, recorded);
        cookie.reference();
        engine.cookies.opened(node, cookie);
        return cookie;
    }

    @Override
    public @Nullable CookieSummary summary(long node) throws CacheException {
        OpenCookie any = engine.cookies.ofNode(node);
        OpenCookie open = any != null && any.isUsed() ? any : null;
        CookieRow row = open == null ? engine.index.cookie(node) : open.state().row();
        if (row == null || (open == null && hasEnded(node, row))) {
            return null;
        }
        return new CookieSummary(row.coherency(), CachedBytes.of(engine, row, open), row.pinned());
    }

    private boolean hasEnded(long node, CookieRow row) throws CacheException {
        return engine.unwritten.has(row.id()) || engine.flushEpochs.isStale(node, row.stamp());
    }

    // ---- flushing

    @Override
    public void flush(long node) throws CacheException {
        if (engine.index.hasChildren(id, node)) {
            newEpoch(node);
            flushOpen(node);
        } else {
            flushFile(node);
        }
        engine.culling.raise();
    }

    @Override
    public void flushAll() throws CacheException {
        newEpoch(0);
        flushOpen(0);
        engine.culling.raise();
    }

    private void newEpoch(long node) throws CacheException {
        ReentrantLock lock = engine.lockTree(id);
        try {
            engine.flushEpochs.flush(id, node);
        } finally {
            lock.unlock();
        }
    }

    /** What was flushed of closed cookies is found out by who opens them. */
    private void flushOpen(long ancestor) throws CacheException {
        for (OpenCookie cookie : engine.cookies.all()) {
            if (!cookie.closeIfUnused() && isWithin(cookie, ancestor) && cookie.reference()) {
                try {
                    cookie.drop();
                } finally {
                    cookie.relinquish();
                }
            }
        }
    }

    /** {@code ancestor} 0: the volume. */
    private boolean isWithin(OpenCookie cookie, long ancestor) throws CacheException {
        return ancestor == 0 ? nodeRow(cookie.node()) != null : engine.flushEpochs.isWithin(cookie.node(), ancestor);
    }

    private void flushFile(long node) throws CacheException {
        ReentrantLock lock = engine.nodeLocks.lock(node);
        try {
            OpenCookie open = engine.cookies.usedOf(node);
            CookieRow row = open == null ? engine.index.cookie(node) : null;
            if (open != null) {
                open.drop();
            } else if (row != null) {
                engine.retirement.retireClosed(node, row, engine.flushEpochs.stamp());
            }
        } finally {
            lock.unlock();
        }
    }
}
