package org.netcachefs.store.space;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.netcachefs.store.BlockCache;
import org.netcachefs.store.ByteRange;
import org.netcachefs.store.CacheConfig;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.CacheException.Reason;
import org.netcachefs.store.CacheStatistics;
import org.netcachefs.store.CacheStore;
import org.netcachefs.store.Cookie;
import org.netcachefs.store.Health;
import org.netcachefs.store.ObjectKey;
import org.netcachefs.store.contract.Bytes;
import org.netcachefs.store.contract.CacheProbe;

/** New content always gets in, also when small files and long names use up the index long before the slots. */
class IndexPressureTest {
    private static final long SIZE = 128L << 20;
    private static final int FILES = 30_000;
    private static final int BLOCKS = 40_000;
    private static final int LAST = 500;
    private static final int HOT = 50;

    @TempDir
    private Path directory;

    private final Semaphore buffers = new Semaphore(256);

    private CacheConfig config(long index) {
        CacheConfig wanted = CacheConfig.in(directory.resolve("cache"), OptionalLong.of(SIZE));
        return new CacheConfig(
                wanted.directory(),
                wanted.size(),
                wanted.data(),
                OptionalLong.of(index),
                wanted.blockBytes(),
                true,
                wanted.watermarks(),
                wanted.fillQueueBytes(),
                wanted.ioThreads(),
                false);
    }

    @Test
    void aStreamOfTinyFiles_isCachedToItsEnd_andWhatIsUsedStays() throws Exception {
        CacheConfig config = config(16 << 20);
        try (CacheWatch watch = new CacheWatch(directory.resolve("cache"));
                BlockCache cache = CacheStore.open(config)) {
            CacheProbe probe = new CacheProbe(cache);
            watch.culling(cache);
            for (int i = 0; i < FILES; i++) {
                read(probe, i);
                if (i % 4 == 0) {
                    read(probe, i / 4 % HOT);
                }
            }
            CacheProbe.await(cache.drain());
            assertThat(cache.statistics().fills().droppedBytes()).isZero();
            IntPredicate cached = number -> isCached(probe, number);
            assertThat(IntStream.range(FILES - LAST, FILES).filter(cached).count())
                    .as("the last")
                    .isEqualTo(LAST);
            assertThat(IntStream.range(0, HOT).filter(cached).count())
                    .as("used again and again")
                    .isEqualTo(HOT);
            assertThat(IntStream.range(HOT, HOT + LAST).filter(cached).count())
                    .as("the first, read once")
                    .isLessThan(LAST / 10);
            watch.finish();
            assertThat(cache.statistics().index().bytes()).isLessThanOrEqualTo(16 << 20);
            assertSound(cache);
            assertThat(watch.peak()).isBetween(SIZE / 4, SIZE);
        }
    }

    /** No name is left to go: the blocks are. */
    @Test
    void sparseReadsOfOneOpenFile_areCachedToTheirEnd() throws Exception {
        CacheConfig config = config(4 << 20);
        try (CacheWatch watch = new CacheWatch(directory.resolve("cache"));
                BlockCache cache = CacheStore.open(config)) {
            CacheProbe probe = new CacheProbe(cache);
            watch.culling(cache);
            Cookie cookie = probe.open("sparse", (long) BLOCKS * probe.block(), 1);
            for (int i = 0; i < BLOCKS; i++) {
                ByteBuffer bytes = Bytes.direct(Bytes.of(cookie.node(), 1, sector(probe, i)));
                fill(cookie, (long) i * probe.block(), bytes);
            }
            CacheProbe.await(cache.drain());
            assertThat(cached(cookie, probe, BLOCKS - LAST)).isEqualTo(LAST);
            assertThat(cached(cookie, probe, 0)).isLessThan(LAST / 10);
            cookie.relinquish();
            watch.finish();
            assertThat(cache.statistics().index().bytes()).isLessThanOrEqualTo(4 << 20);
            assertSound(cache);
            assertThat(watch.peak()).isBetween(SIZE / 4, SIZE);
        }
    }

    private static ByteRange sector(CacheProbe probe, long block) {
        return new ByteRange(block * probe.block(), probe.sector());
    }

    /** How many of some blocks' sectors are cached, with the right bytes. */
    private static long cached(Cookie cookie, CacheProbe probe, int first) {
        return IntStream.range(first, first + LAST)
                .mapToObj(block -> sector(probe, block))
                .filter(range -> {
                    byte[] bytes = probe.read(cookie, range);
                    assertThat(bytes == null || Arrays.equals(bytes, Bytes.of(cookie.node(), 1, range)))
                            .isTrue();
                    return bytes != null;
                })
                .count();
    }

    private static void assertSound(BlockCache cache) {
        CacheStatistics after = cache.statistics();
        assertThat(after.health()).as(after.healthReason()).isEqualTo(Health.HEALTHY);
        assertThat(after.errors()).isEqualTo(new CacheStatistics.Errors(0, 0, 0));
        assertThat(after.cull().longestExhaustedNanos()).isLessThan(CacheProbe.STANDSTILL);
    }

    /** As a reader would: what is not cached is filled; while there is no room for its name it is read without the cache. */
    private void read(CacheProbe probe, int number) throws Exception {
        Cookie cookie = opened(probe, number);
        int size = size(number);
        if (cookie.nextExtent(CacheProbe.all(size)).isHole()) {
            ByteBuffer bytes = Bytes.direct(Bytes.of(number, 1, CacheProbe.all(size)));
            fill(cookie, 0, bytes);
        }
        cookie.relinquish();
    }

    private void fill(Cookie cookie, long offset, ByteBuffer bytes) throws Exception {
        buffers.acquire();
        assertThat(cookie.fill(cookie.beginFill(true), offset, bytes, buffers::release))
                .isTrue();
    }

    private static Cookie opened(CacheProbe probe, int number) throws Exception {
        Random random = new Random(number);
        byte[] name = new byte[200];
        byte[] key = new byte[100];
        random.nextBytes(name);
        random.nextBytes(key);
        long until = System.nanoTime() + CacheProbe.PATIENCE.toNanos();
        while (true) {
            try {
                long node = probe.volume().node(ObjectKey.of(key), probe.root(), name);
                return probe.volume().acquire(node, CacheProbe.data(size(number), 1));
            } catch (CacheException e) {
                assertThat(e.reason()).isEqualTo(Reason.FULL);
                assertThat(System.nanoTime()).as("waited for room for names").isLessThan(until);
                Thread.sleep(1);
            }
        }
    }

    private static int size(int number) {
        return 1 + number % 4000;
    }

    private static boolean isCached(CacheProbe probe, int number) {
        try {
            Cookie cookie = opened(probe, number);
            byte[] bytes = probe.read(cookie, CacheProbe.all(size(number)));
            cookie.relinquish();
            assertThat(bytes == null || Arrays.equals(bytes, Bytes.of(number, 1, CacheProbe.all(size(number)))))
                    .as("bytes of file " + number)
                    .isTrue();
            return bytes != null;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
