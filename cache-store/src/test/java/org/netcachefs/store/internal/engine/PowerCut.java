package org.netcachefs.store.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.netcachefs.store.ByteRange;
import org.netcachefs.store.CacheConfig;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.CoherencyData;
import org.netcachefs.store.Cookie;
import org.netcachefs.store.Extent;
import org.netcachefs.store.Volume;
import org.netcachefs.store.Watermarks;
import org.netcachefs.store.contract.Bytes;
import org.netcachefs.store.contract.CacheProbe;
import org.netcachefs.store.internal.data.DataFile;
import org.netcachefs.store.internal.index.IndexStore;
import org.netcachefs.store.internal.index.RocksIndex;

/** A cache's life under one seed, through several power cuts. */
final class PowerCut {
    private static final int FILES = 12;
    private static final int LIVES = 3;
    private static final int ENOSPC = 28;

    private final Path base;
    private final Random random;
    private final long[] sizes = new long[FILES];
    private final long[] versions = new long[FILES];
    private long bytesFound;

    PowerCut(Path base, Random random) {
        this.base = base;
        this.random = random;
        for (int i = 0; i < FILES; i++) {
            sizes[i] = 1 + random.nextInt(i < 6 ? 30_000 : 3 << 20);
        }
    }

    long bytesFound() {
        return bytesFound;
    }

    /** The store's surroundings in one life, until the power is cut. */
    private static final class Machine implements Seams {
        final ReadWriteLock moment = new ReentrantReadWriteLock();
        final UUID boot;
        final TornDisk disk;
        CutIndex index;

        Machine(byte[] data, UUID boot) {
            this.boot = boot;
            disk = new TornDisk(data);
        }

        @Override
        public DataFile data(Path path) {
            return disk;
        }

        @Override
        public IndexStore index(Path directory, long budget) throws CacheException {
            index = new CutIndex(directory, RocksIndex.open(directory, budget), moment);
            return index;
        }

        @Override
        public UUID bootId() {
            return boot;
        }
    }

    void run() throws Exception {
        byte[] data = new byte[0];
        for (int life = 0; life < LIVES; life++) {
            data = live(life, data);
        }
        Machine machine = new Machine(data, UUID.randomUUID());
        OpenCache cache = open(LIVES, machine);
        verify(cache);
        cache.close();
    }

    private Path directory(int life) {
        return base.resolve("life" + life);
    }

    /** The first opening after a cut fails on the way: growing the data file. */
    private void failToOpen(int life, byte[] data, UUID boot) {
        Machine machine = new Machine(data, boot);
        machine.disk.resizeErrno = ENOSPC;
        CacheException full = catchThrowableOfType(CacheException.class, () -> open(life, machine, 60));
        assertThat(full.reason()).isEqualTo(CacheException.Reason.FULL);
    }

    private OpenCache open(int life, Machine machine) throws CacheException {
        return open(life, machine, 40);
    }

    private OpenCache open(int life, Machine machine, int mebibytes) throws CacheException {
        CacheConfig config = new CacheConfig(
                directory(life),
                OptionalLong.of((long) mebibytes << 20),
                Optional.empty(),
                OptionalLong.of(16L << 20),
                OptionalLong.empty(),
                false,
                Watermarks.DEFAULT,
                64L << 20,
                2,
                false);
        return (OpenCache) new CacheOpener(config, machine).open();
    }

    private byte[] live(int life, byte[] data) throws Exception {
        UUID boot = UUID.randomUUID();
        if (life > 0 && random.nextInt(3) == 0) {
            failToOpen(life, data, boot);
        }
        Machine machine = new Machine(data, boot);
        OpenCache cache = open(life, machine);
        verify(cache);
        int steps = 20 + random.nextInt(60);
        for (int i = 0; i < steps; i++) {
            step(cache, machine.disk);
        }
        machine.moment.writeLock().lock();
        byte[] left;
        try {
            left = machine.disk.cut(random);
            machine.index.cut(directory(life + 1).resolve("index"), random);
            Files.copy(
                    directory(life).resolve("superblock"), directory(life + 1).resolve("superblock"));
            Files.createFile(directory(life + 1).resolve("data")); // the disk stands for it
            Files.setPosixFilePermissions(
                    directory(life + 1), java.nio.file.attribute.PosixFilePermissions.fromString("rwx------"));
        } finally {
            machine.moment.writeLock().unlock();
        }
        cache.close();
        IndexOpener.delete(directory(life));
        return left;
    }

    private CoherencyData coherency(int file) {
        return new CoherencyData(sizes[file], versions[file], versions[file]);
    }

    private Cookie acquire(OpenCache cache, int file) throws CacheException {
        Volume volume = cache.volume(PersistentStoreTest.KEY);
        return volume.acquire(PersistentStoreTest.file(volume, "f" + file), coherency(file));
    }

    private void step(OpenCache cache, TornDisk disk) throws Exception {
        int file = random.nextInt(FILES);
        Volume volume = cache.volume(PersistentStoreTest.KEY);
        switch (random.nextInt(20)) {
            case 0 -> versions[file]++;
            case 1 -> volume.flush(PersistentStoreTest.file(volume, "f" + file));
            case 2 -> acquire(cache, file).retire();
            case 3, 4 -> cache.engine().epochs.commit();
            case 5, 6 -> cache.culler().doWork(1 + random.nextInt(20));
            case 7 -> CacheProbe.await(cache.drain());
            case 8 -> {
                Cookie cookie = acquire(cache, file);
                cookie.unpublish(somewhere(file));
                cookie.relinquish();
            }
            case 9 -> failToSync(cache, disk);
            default -> fill(cache, file);
        }
    }

    /** What it was to write is gone, fills being under way. */
    private void failToSync(OpenCache cache, TornDisk disk) throws Exception {
        fill(cache, random.nextInt(FILES));
        disk.failingSync = new Random(random.nextLong());
        assertThat(catchThrowable(() -> cache.engine().epochs.commit())).isInstanceOf(CacheException.class);
        CacheProbe.await(cache.drain());
        verify(cache);
    }

    private ByteRange somewhere(int file) {
        long start = random.nextInt((int) sizes[file]) / 4096 * 4096L;
        long length = random.nextBoolean() ? 4096L * (1 + random.nextInt(8)) : 1 << 20;
        return new ByteRange(start, length).until(sizes[file]);
    }

    private void fill(OpenCache cache, int file) throws Exception {
        Cookie cookie = acquire(cache, file);
        ByteRange range = random.nextInt(3) == 0 ? CacheProbe.all(sizes[file]) : somewhere(file);
        ByteBuffer bytes = Bytes.direct(Bytes.of(cookie.node(), versions[file], range));
        cookie.fill(cookie.beginFill(random.nextInt(5) > 0), range.start(), bytes, () -> {});
        cookie.relinquish();
    }

    private void verify(OpenCache cache) throws Exception {
        for (int file = 0; file < FILES; file++) {
            Cookie cookie = acquire(cache, file);
            for (ByteRange rest = CacheProbe.all(sizes[file]); !rest.isEmpty(); ) {
                Extent extent = cookie.nextExtent(rest);
                if (extent.cached()) {
                    byte[] found = PersistentStoreTest.readAsync(
                            cookie, extent.range().start(), (int) extent.range().length());
                    assertThat(found).isEqualTo(Bytes.of(cookie.node(), versions[file], extent.range()));
                    bytesFound += found.length;
                }
                rest = rest.from(extent.range().end());
            }
            cookie.relinquish();
        }
        assertThat(cache.statistics().errors().checksum())
                .as("checksums that saved us")
                .isZero();
        assertThat(cache.statistics().errors().index()).as("places named twice").isZero();
        assertThat(cache.statistics().healthReason()).isEmpty();
    }
}
