package org.netcachefs.store.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.netcachefs.store.BlockCache;
import org.netcachefs.store.ByteRange;
import org.netcachefs.store.CacheConfig;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.CacheStatistics;
import org.netcachefs.store.CacheStore;
import org.netcachefs.store.CoherencyData;
import org.netcachefs.store.Cookie;
import org.netcachefs.store.Volume;
import org.netcachefs.store.contract.CacheProbe;

/** Space follows content, and the declared size is never exceeded. */
class SpaceTest {
    @TempDir
    Path base;

    private Path directory() {
        return base.resolve("cache");
    }

    private BlockCache open(long mebibytes) throws CacheException {
        return CacheStore.open(CacheConfig.in(directory(), OptionalLong.of(mebibytes << 20)));
    }

    @Test
    void smallFiles_takeTheirSectorsOnly() throws Exception {
        Random random = new Random(3);
        long sectors = 0;
        ByteBuffer bytes = ByteBuffer.allocateDirect(256 << 10);
        AtomicLong released = new AtomicLong();
        int files = 20_000;
        try (BlockCache cache = open(600)) {
            Volume volume = cache.volume(PersistentStoreTest.KEY);
            for (int i = 0; i < files; i++) {
                int size = 1 + random.nextInt(random.nextInt(10) == 0 ? 140_000 : 12_000);
                sectors += (size + 4095) / 4096;
                long node = PersistentStoreTest.file(volume, "f" + i);
                Cookie cookie = volume.acquire(node, new CoherencyData(size, i, i));
                while (cache.statistics().fills().pendingBytes() > 60 << 20) {
                    Thread.onSpinWait();
                }
                assertThat(cookie.fill(
                                cookie.beginFill(true), 0, bytes.duplicate().limit(size), released::incrementAndGet))
                        .isTrue();
                cookie.relinquish();
            }
            cache.drain().toCompletableFuture().get(60, TimeUnit.SECONDS);
            assertThat(released).hasValue(files);
            CacheStatistics.Slots slots = cache.statistics().slots();
            assertThat(slots.usedBytes()).isEqualTo(sectors * 4096);
            long taken = (slots.used() + slots.split()) * cache.geometry().blockBytes();
            assertThat(taken).as("slots, near what is in them").isLessThan(sectors * 4096 * 110 / 100);
        }
    }

    @Test
    void randomReads_takeTheirSectorsOnly() throws Exception {
        Random random = new Random(4);
        long size = 10L << 30;
        try (BlockCache cache = open(200)) {
            Volume volume = cache.volume(PersistentStoreTest.KEY);
            Cookie cookie = volume.acquire(PersistentStoreTest.file(volume, "sparse"), new CoherencyData(size, 1, 1));
            ByteBuffer bytes = ByteBuffer.allocateDirect(4096);
            long fetched = 0;
            for (int i = 0; i < 10_000; i++) {
                long offset = random.nextInt((int) (size / 4096)) * 4096L;
                if (cookie.nextExtent(new ByteRange(offset, 4096)).isHole()) {
                    assertThat(cookie.fill(cookie.beginFill(true), offset, bytes.duplicate(), () -> {}))
                            .isTrue();
                    fetched += 4096;
                }
            }
            cache.drain().toCompletableFuture().get(60, TimeUnit.SECONDS);
            CacheStatistics.Slots slots = cache.statistics().slots();
            assertThat(slots.usedBytes()).isLessThanOrEqualTo(fetched);
            long taken = (slots.used() + slots.split()) * cache.geometry().blockBytes();
            assertThat(taken).isLessThan(fetched * 125 / 100);
            cookie.relinquish();
        }
    }

    @Test
    void sparseSplitSlots_areEmptiedFirst_andBecomeWhole() throws Exception {
        try (BlockCache cache = open(100)) {
            Volume volume = cache.volume(PersistentStoreTest.KEY);
            List<Long> sparse = new ArrayList<>();
            int slots = (int) cache.statistics().slots().total();
            for (int i = 0; i < slots * 9 / 10; i++) {
                // 60 sectors leave no room for another; then all but a few go
                long node = PersistentStoreTest.file(volume, "split" + i);
                Cookie cookie = volume.acquire(node, new CoherencyData(60 * 4096, i, i));
                PersistentStoreTest.fill(cache, cookie, 0, new byte[60 * 4096]);
                if (i % 3 == 0) {
                    cookie.unpublish(new ByteRange(0, 50 * 4096));
                    sparse.add(node);
                }
                cookie.relinquish();
            }
            for (int tick = 0; tick < 20; tick++) {
                ((OpenCache) cache).engine().disk.marks().advanceTick();
            }
            Cookie big = volume.acquire(PersistentStoreTest.file(volume, "big"), new CoherencyData(1L << 30, 1, 1));
            for (long block = 0; cache.statistics().slots().free() > slots * 6 / 100; block++) {
                PersistentStoreTest.fill(cache, big, block << 18, new byte[1 << 18]);
            }
            int freed = cache.culler().doWork(1000);
            assertThat(freed).isPositive();
            int gone = 0;
            for (long node : sparse) {
                gone += volume.summary(node).cachedBytes() == 0 ? 1 : 0;
            }
            assertThat(gone).isEqualTo(freed);
            big.relinquish();
        }
    }

    /** As a sequential reader and its readahead do, in a cache much smaller than what is read; the slower, the more ticks it takes. */
    @ParameterizedTest
    @ValueSource(ints = {1, 4, 16, 64, 5000})
    void whatWasFetchedAhead_isStillThereWhenItIsRead(int blocksATick) throws Exception {
        int ahead = 16;
        int block = 256 << 10;
        long blocks = 2000;
        try (BlockCache cache = open(100)) {
            Volume volume = cache.volume(PersistentStoreTest.KEY);
            long size = blocks * block;
            Cookie cookie = volume.acquire(PersistentStoreTest.file(volume, "stream"), new CoherencyData(size, 1, 1));
            ByteBuffer bytes = ByteBuffer.allocateDirect(block);
            int missed = 0;
            for (long i = 0; i < blocks; i++) {
                assertThat(cookie.fill(cookie.beginFill(true), i * block, bytes.duplicate(), () -> {}))
                        .isTrue();
                cache.drain().toCompletableFuture().get(60, TimeUnit.SECONDS);
                cache.culler().doWork(64);
                for (long half = 0; i >= ahead && half < 2; half++) {
                    ByteRange read = new ByteRange((i - ahead) * block + half * block / 2, block / 2);
                    boolean hit = !cookie.nextExtent(read).isHole()
                            && cookie.tryRead(read.start(), block / 2, bytes.duplicate()) == Cookie.ReadOutcome.DONE;
                    missed += hit ? 0 : 1;
                    if ((2 * i + half) % (2L * blocksATick) == 0) {
                        ((OpenCache) cache).engine().disk.marks().advanceTick();
                    }
                }
            }
            cookie.relinquish();
            assertThat(cache.statistics().cull().culled()).isGreaterThan(blocks / 2);
            assertThat(missed).isZero();
        }
    }

    @Test
    void fillsFourTimesTheSize_neverExceedIt_norFindItFullForLong() throws Exception {
        long declared = 100L << 20;
        AtomicLong most = new AtomicLong();
        AtomicBoolean stop = new AtomicBoolean();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        try (BlockCache cache = open(100)) {
            Thread watcher = thread(failure, () -> {
                while (!stop.get()) {
                    most.accumulateAndGet(occupied(directory()), Math::max);
                    Thread.sleep(5);
                }
            });
            Thread culler = thread(failure, () -> {
                while (!stop.get()) {
                    if (cache.culler().doWork(64) == 0) {
                        cache.culler().awaitWork(Duration.ofMillis(100));
                    }
                }
            });
            Volume volume = cache.volume(PersistentStoreTest.KEY);
            ByteBuffer bytes = ByteBuffer.allocateDirect(256 << 10);
            for (int i = 0; i < 500; i++) {
                long size = 1 << 20;
                Cookie cookie =
                        volume.acquire(PersistentStoreTest.file(volume, "f" + i), new CoherencyData(size, i, i));
                for (long block = 0; block < 4; block++) {
                    while (!cookie.fill(cookie.beginFill(true), block << 18, bytes.duplicate(), () -> {})) {
                        Thread.sleep(1);
                    }
                }
                cookie.relinquish();
                if (i % 50 == 0) {
                    volume.flush(PersistentStoreTest.file(volume, "f" + random(i)));
                }
            }
            cache.drain().toCompletableFuture().get(60, TimeUnit.SECONDS);
            assertThat(cache.statistics().cull().longestExhaustedNanos()).isLessThan(CacheProbe.STANDSTILL);
            assertThat(cache.statistics().cull().culled()).isPositive();
            stop.set(true);
            watcher.join();
            culler.join();
        }
        assertThat(failure.get()).isNull();
        assertThat(most.get()).isPositive().isLessThanOrEqualTo(declared);
    }

    private static int random(int below) {
        return new Random(below).nextInt(below + 1);
    }

    private interface Body {
        void run() throws Exception;
    }

    private static Thread thread(AtomicReference<Throwable> failure, Body body) {
        Thread thread = new Thread(() -> {
            try {
                body.run();
            } catch (Throwable e) {
                failure.compareAndSet(null, e);
            }
        });
        thread.start();
        return thread;
    }

    /** What du says, in bytes. */
    static long occupied(Path directory) throws IOException {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.walk(directory)) {
            all.forEach(files::add);
        } catch (java.io.UncheckedIOException e) {
            return 0; // a file went away under the walk
        }
        long bytes = 0;
        for (Path file : files) {
            try {
                bytes += blocks(file) * 512;
            } catch (IOException e) {
                bytes += 0; // gone
            }
        }
        return bytes;
    }

    private static long blocks(Path file) throws IOException {
        // st_blocks is not among Java's attributes: sizes rounded up, as the data file is preallocated.
        return (Files.size(file) + 4095) / 4096 * 8;
    }
}
