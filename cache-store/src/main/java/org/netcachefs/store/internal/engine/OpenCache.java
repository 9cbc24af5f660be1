package org.netcachefs.store.internal.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import org.netcachefs.store.BlockCache;
import org.netcachefs.store.BlockGeometry;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.CacheStatistics;
import org.netcachefs.store.Culler;
import org.netcachefs.store.Volume;
import org.netcachefs.store.VolumeKey;
import org.netcachefs.store.internal.data.DirectoryLock;
import org.netcachefs.store.internal.data.Superblock;
import org.netcachefs.store.internal.index.Batch;
import org.netcachefs.store.internal.index.Index;
import org.netcachefs.store.internal.index.IndexStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The persistent store, open. */
final class OpenCache implements BlockCache {
    private static final Logger LOG = LoggerFactory.getLogger(OpenCache.class);

    private final Home home;
    private final Engine engine;
    private final ClockCuller culler;
    private final Background background;

    @GuardedBy("this")
    private boolean closed;

    /** What the cache lives in; {@code superblock} as it was written last. */
    record Home(Path directory, DirectoryLock lock, Superblock superblock) {}

    OpenCache(Home home, Engine engine, IndexStore unwatched) {
        this.home = home;
        this.engine = engine;
        culler = new ClockCuller(engine);
        engine.onDamage = () -> noteDamage(home);
        background = new Background(engine, culler, new HealthKeeper(engine, unwatched));
    }

    private static void noteDamage(Home home) {
        try {
            home.superblock.withDistrust(true).write(home.directory);
        } catch (CacheException e) {
            LOG.warn("cache {}: cannot note that its index is damaged: {}", home.directory, e.getMessage());
        }
    }

    void start() {
        engine.io.start();
        background.start();
    }

    Engine engine() {
        return engine;
    }

    @Override
    public BlockGeometry geometry() {
        return engine.disk.geometry();
    }

    @Override
    public Volume volume(VolumeKey key) throws CacheException {
        ReentrantLock lock = engine.nodeLocks.lock(key.hashCode());
        try {
            long id = engine.index.volume(key);
            if (id == 0) {
                id = engine.ids.next();
                Batch batch = new Batch();
                Index.putVolume(batch, key, id);
                engine.index.write(batch);
            }
            return new OpenVolume(engine, key, id);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public CacheStatistics statistics() {
        return Snapshot.of(engine, home.superblock.layout(), background);
    }

    @Override
    public Culler culler() {
        return culler;
    }

    @Override
    public CompletionStage<Void> drain() {
        return engine.fills.drain().thenCompose(filled -> {
            CompletableFuture<Void> swept = new CompletableFuture<>();
            background.sweepThen(() -> swept.complete(null));
            return swept;
        });
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        new Closing(home, engine, background, culler).run();
        LOG.info("cache {} closed", home.directory);
    }
}
