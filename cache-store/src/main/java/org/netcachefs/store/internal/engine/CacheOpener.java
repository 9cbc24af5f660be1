package org.netcachefs.store.internal.engine;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
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

    public CacheOpener(CacheConfig config, Seams seams) {
        this.config = config;
        this.seams = seams;
        directory = config.directory();
    }

    public BlockCache open() throws CacheException {
        if (isNew()) {
            new Sizing(config, directory).fresh(); // a size that is refused leaves nothing behind
        }
        makeDirectory();
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
            drop();
        }
        boolean fresh = !Files.exists(Superblock.file(directory));
        if (fresh
                && (Files.exists(dataPath()) || Files.exists(indexPath()))
                && config.data().isEmpty()) {
            throw new CacheException(
                    Reason.DAMAGED, Superblock.file(directory) + ": is missing; use --recreate to drop what is cached");
        }
        Superblock before = fresh ? create() : existing();
        UUID boot = seams.bootId();
        boolean cut = !before.clean() && !before.bootId().equals(boot);
        DataFile data = seams.data(dataPath());
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

    // ---- the directory

    private boolean isNew() {
        boolean hasData = config.data().isEmpty() && Files.exists(dataPath());
        return !hasData && !Files.exists(indexPath()) && !Files.exists(Superblock.file(directory));
    }

    private void makeDirectory() throws CacheException {
        try {
            if (!Files.isDirectory(directory)) {
                Files.createDirectories(directory);
                Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
            }
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(directory);
            Object owner = Files.getAttribute(directory, "unix:uid");
            if (!owner.equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))) {
                throw new CacheException(
                        Reason.PERMISSION,
                        directory + ": belongs to another user (uid " + owner + "); use another --cache");
            }
            if (permissions.contains(PosixFilePermission.GROUP_WRITE)
                    || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
                throw new CacheException(
                        Reason.PERMISSION, directory + ": other users may write to it; chmod go-w " + directory);
            }
        } catch (IOException | UnsupportedOperationException e) {
            throw new CacheException(Reason.PERMISSION, directory + ": cannot be used as a cache: " + reason(e), e);
        }
    }

    private static String reason(Exception e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        return e instanceof FileAlreadyExistsException ? "not a directory" : String.valueOf(e.getMessage());
    }

    private Path dataPath() {
        return config.data().orElse(directory.resolve("data"));
    }

    private Path indexPath() {
        return directory.resolve(IndexOpener.NAME);
    }

    private void drop() throws CacheException {
        if (Files.exists(indexPath())
                && !Files.exists(indexPath().resolve("CURRENT"))
                && !Files.exists(Superblock.file(directory))) {
            throw new CacheException(
                    Reason.DAMAGED, indexPath() + ": is not of a cache, and is not dropped; use another --cache");
        }
        try {
            Files.deleteIfExists(Superblock.file(directory));
            IndexOpener.delete(indexPath());
            if (config.data().isEmpty()) {
                Files.deleteIfExists(dataPath());
            }
        } catch (IOException e) {
            throw new CacheException(Reason.IO, directory + ": cannot drop what is cached: " + e.getMessage(), e);
        }
    }

    // ---- superblock and data

    private Superblock create() throws CacheException {
        Layout layout = new Sizing(config, directory).fresh();
        DataFile data = seams.data(dataPath());
        try {
            int errno = -data.resize(layout.dataBytes(), config.preallocate());
            if (errno != 0) {
                throw new CacheException(
                        Errnos.reason(errno),
                        dataPath() + ": cannot make " + layout.dataBytes() + " bytes: " + Errnos.text(errno));
            }
        } finally {
            data.close();
        }
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
                    dataPath() + ": is " + bytes + " bytes long, not " + layout.dataBytes()
                            + "; use --recreate to drop what is cached");
        }
    }
}
