package org.netcachefs.store.internal.engine;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.netcachefs.store.BlockCache;
import org.netcachefs.store.BlockGeometry;
import org.netcachefs.store.CacheConfig;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.CacheException.Reason;
import org.netcachefs.store.internal.data.DataFile;
import org.netcachefs.store.internal.data.DirectoryLock;
import org.netcachefs.store.internal.data.Errnos;
import org.netcachefs.store.internal.data.SlotTable;
import org.netcachefs.store.internal.data.Superblock;
import org.netcachefs.store.internal.data.Superblock.Layout;
import org.netcachefs.store.internal.index.Batch;
import org.netcachefs.store.internal.index.Epochs;
import org.netcachefs.store.internal.index.Index;
import org.netcachefs.store.internal.index.IndexStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens or makes a cache directory. Reads nothing that grows with the cache. */
public final class CacheOpener {
    private static final Logger LOG = LoggerFactory.getLogger(CacheOpener.class);

    private final CacheConfig config;
    private final Path directory;
    private final Seams seams;
    private final CacheFiles files;

    public CacheOpener(CacheConfig config, Seams seams) {
        this.config = config.recreate() && config.size().isEmpty() ? withFormerSize(config) : config;
        this.seams = seams;
        directory = config.directory();
        files = new CacheFiles(directory, config.data());
    }

    private static CacheConfig withFormerSize(CacheConfig config) {
        try {
            return config.withSize(Superblock.read(config.directory()).layout().size());
        } catch (CacheException e) {
            return config; // then it must be given
        }
    }

    public BlockCache open() throws CacheException {
        if (files.isNew()) {
            new Sizing(config, directory).fresh(); // a size that is refused leaves nothing behind
        }
        files.makeDirectory();
        files.requireOurs();
        DirectoryLock lock = DirectoryLock.take(directory);
        try {
            return open(lock);
        } catch (CacheException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private BlockCache open(DirectoryLock lock) throws CacheException {
        if (config.recreate()) {
            new Sizing(config, directory).requested();
            files.drop();
        } else {
            files.requireComplete();
        }
        boolean fresh = !Files.exists(Superblock.file(directory));
        Superblock before = fresh ? create() : existing();
        UUID boot = seams.bootId();
        boolean cut = !before.clean() && !before.bootId().equals(boot);
        DataFile data = seams.data(files.data());
        try {
            checkData(before.layout(), data);
            return open(new OpenCache.Home(directory, lock, before.marked(boot, false)), data, cut);
        } catch (CacheException | RuntimeException e) {
            data.close();
            throw e;
        }
    }

    private BlockCache open(OpenCache.Home home, DataFile data, boolean cut) throws CacheException {
        IndexOpener opener = new IndexOpener(directory, seams);
        Layout wanted = wanted(home.superblock().layout());
        IndexStore store = opener.open(wanted.indexBytes(), home.superblock().distrusted());
        try {
            Epochs epochs = reopened(new Index(store), cut); // before the superblock forgets that power was cut
            OpenCache cache = start(resized(home, wanted, new Index(store), data), data, epochs, store);
            cache.engine().health.remark(opener.complaint());
            return cache;
        } catch (CacheException | RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /** The layout for the size asked for. */
    private Layout wanted(Layout now) throws CacheException {
        if (config.size().isEmpty() || config.size().getAsLong() == now.size()) {
            return now;
        }
        Sizing sizing = new Sizing(config, directory);
        Layout wanted = sizing.of(config.size().getAsLong(), now.blockBytes());
        sizing.requireRoom(wanted.size() - now.size());
        return wanted;
    }

    /** The superblock is written: not clean, not distrusted, of the size wanted. */
    private OpenCache.Home resized(OpenCache.Home home, Layout wanted, Index index, DataFile data)
            throws CacheException {
        Superblock superblock = home.superblock().withDistrust(false);
        superblock.write(directory);
        Resizer resizer = new Resizer(directory, data, index, config.preallocate());
        if (!wanted.equals(superblock.layout())) {
            superblock = resizer.resize(superblock, wanted);
        } else if (data.size() > wanted.dataBytes()) {
            resizer.length(wanted.dataBytes());
        }
        return new OpenCache.Home(home.directory(), home.lock(), superblock);
    }

    private OpenCache start(OpenCache.Home home, DataFile data, Epochs before, IndexStore store) throws CacheException {
        Layout layout = home.superblock().layout();
        Calls calls = new Calls();
        HealthState health = new HealthState();
        WatchedIndex watched = new WatchedIndex(store, calls, health);
        Index index = new Index(watched);
        Disk disk = new Disk(
                new WatchedDataFile(data, calls),
                new SlotTable(layout.slots(), config.watermarks()),
                new BlockGeometry(layout.blockBytes()));
        Engine.Tuning tuning = new Engine.Tuning(config.fillQueueBytes(), config.ioThreads(), layout.indexBytes());
        EpochKeeper epochs = new EpochKeeper(index, disk.data(), before);
        watched.start();
        Engine engine = new Engine(disk, index, epochs, tuning, new Engine.Watch(calls, health));
        watched.tell(engine::failed);
        OpenCache cache = new OpenCache(home, engine, store);
        cache.start();
        LOG.info("cache {}: {} slots of {} bytes", directory, layout.slots(), layout.blockBytes());
        return cache;
    }

    private static Epochs reopened(Index index, boolean cut) throws CacheException {
        Epochs epochs = index.epochs().reopened(cut);
        Batch batch = new Batch();
        Index.putEpochs(batch, epochs);
        index.write(batch);
        index.store().sync();
        return epochs;
    }

    // ---- superblock and data

    private Superblock create() throws CacheException {
        Layout layout = new Sizing(config, directory).fresh();
        DataFile data = seams.data(files.data());
        try {
            int errno = -data.resize(layout.dataBytes(), config.preallocate());
            if (errno != 0) {
                throw new CacheException(
                        Errnos.reason(errno),
                        files.data() + ": cannot make " + layout.dataBytes() + " bytes: " + Errnos.text(errno));
            }
        } finally {
            data.close();
        }
        files.protectData();
        Superblock superblock = new Superblock(UUID.randomUUID(), layout, seams.bootId(), true, false);
        superblock.write(directory);
        return superblock;
    }

    private Superblock existing() throws CacheException {
        Superblock superblock = Superblock.read(directory);
        int blockBytes = superblock.layout().blockBytes();
        if (config.blockBytes().isPresent() && config.blockBytes().getAsLong() != blockBytes) {
            throw new CacheException(
                    Reason.OTHER_FORMAT,
                    directory + ": has blocks of " + blockBytes + " bytes, not "
                            + config.blockBytes().getAsLong() + "; use --recreate to drop what is cached");
        }
        return superblock;
    }

    private void checkData(Layout layout, DataFile data) throws CacheException {
        long bytes = data.size();
        if (bytes < layout.dataBytes()) {
            throw new CacheException(
                    Reason.DAMAGED,
                    files.data() + ": is " + bytes + " bytes long, not " + layout.dataBytes()
                            + "; use --recreate to drop what is cached");
        }
    }
}
