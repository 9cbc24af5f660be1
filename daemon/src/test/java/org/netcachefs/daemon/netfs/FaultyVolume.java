package org.netcachefs.daemon.netfs;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.CoherencyData;
import org.netcachefs.store.Cookie;
import org.netcachefs.store.ObjectKey;
import org.netcachefs.store.Volume;
import org.netcachefs.store.VolumeKey;

/** A volume with switches: an index that does not answer, cookies that lose what they have. */
final class FaultyVolume implements Volume {
    final FaultyCookie.Switches cookies = new FaultyCookie.Switches();
    private final AtomicReference<CacheException.@Nullable Reason> failing = new AtomicReference<>();
    private final Volume volume;

    FaultyVolume(Volume volume) {
        this.volume = volume;
    }

    /** From now on nothing that needs the index is answered but with this; null ends it. */
    void fail(CacheException.@Nullable Reason reason) {
        failing.set(reason);
    }

    private void index() throws CacheException {
        CacheException.Reason reason = failing.get();
        if (reason != null) {
            throw new CacheException(reason, "index: made to fail");
        }
    }

    @Override
    public VolumeKey key() {
        return volume.key();
    }

    @Override
    public long node(ObjectKey key, long parent, byte[] name) throws CacheException {
        index();
        return volume.node(key, parent, name);
    }

    @Override
    public @Nullable NodeRow nodeRow(long node) throws CacheException {
        index();
        return volume.nodeRow(node);
    }

    @Override
    public long child(long parent, byte[] name) throws CacheException {
        index();
        return volume.child(parent, name);
    }

    @Override
    public void removeChild(long parent, byte[] name) throws CacheException {
        index();
        volume.removeChild(parent, name);
    }

    @Override
    public Cookie acquire(long node, CoherencyData current) throws CacheException {
        index();
        return cookies.of(volume.acquire(node, current));
    }

    @Override
    public @Nullable CookieSummary summary(long node) throws CacheException {
        index();
        return volume.summary(node);
    }

    @Override
    public void flush(long node) throws CacheException {
        index();
        volume.flush(node);
    }

    @Override
    public void flushAll() throws CacheException {
        index();
        volume.flushAll();
    }
}
