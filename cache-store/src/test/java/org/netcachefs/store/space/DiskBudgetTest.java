package org.netcachefs.store.space;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.netcachefs.store.BlockCache;
import org.netcachefs.store.ByteRange;
import org.netcachefs.store.CacheConfig;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.CacheStore;
import org.netcachefs.store.Cookie;
import org.netcachefs.store.ObjectKey;
import org.netcachefs.store.contract.Bytes;
import org.netcachefs.store.contract.CacheProbe;

/** The whole cache directory never takes more of the disk than was declared, whatever is poured into it. */
class DiskBudgetTest {
    private static final long SIZE = 128L << 20;
    private static final int POURERS = 4;
    private static final int FILE_BLOCKS = 8;

    @TempDir
    private Path directory;

    @Test
    void diskUse_staysWithinTheDeclaredSize() throws Exception {
        Path cacheDirectory = directory.resolve("cache");
        try (CacheWatch watch = new CacheWatch(cacheDirectory);
                BlockCache cache = CacheStore.open(CacheConfig.in(cacheDirectory, OptionalLong.of(SIZE)))) {
            CacheProbe probe = new CacheProbe(cache);
            watch.culling(cache);
            List<Thread> pourers = new ArrayList<>();
            for (int i = 0; i < POURERS; i++) {
                int number = i;
                pourers.add(watch.start(() -> pour(probe, watch, number)));
            }
            for (Thread pourer : pourers) {
                pourer.join();
            }
            CacheProbe.await(cache.drain());
            watch.finish();
            assertThat(cache.statistics().fills().bytes()).isGreaterThanOrEqualTo(4 * SIZE);
            assertThat(cache.statistics().fills().droppedBytes()).isZero();
            assertThat(cache.statistics().cull().longestExhaustedNanos()).isLessThan(CacheProbe.STANDSTILL);
            assertThat(watch.peak()).isBetween(SIZE / 4, SIZE);
        }
    }

    /** Names and keys that no compression makes smaller, several times what the index may hold. */
    @Test
    void diskUse_staysWithinTheDeclaredSize_whateverIsLookedUp() throws Exception {
        long size = 64L << 20;
        CacheConfig wanted = CacheConfig.in(directory.resolve("cache"), OptionalLong.of(size));
        CacheConfig config = new CacheConfig(
                wanted.directory(),
                wanted.size(),
                wanted.data(),
                OptionalLong.of(16L << 20),
                wanted.blockBytes(),
                true,
                wanted.watermarks(),
                wanted.fillQueueBytes(),
                wanted.ioThreads(),
                false);
        try (CacheWatch watch = new CacheWatch(directory.resolve("cache"));
                BlockCache cache = CacheStore.open(config)) {
            CacheProbe probe = new CacheProbe(cache);
            watch.culling(cache);
            lookUp(probe, 120_000);
            watch.finish();
            assertThat(watch.peak()).isBetween(size / 4, size);
        }
    }

    private static void lookUp(CacheProbe probe, int names) throws Exception {
        Random random = new Random(1);
        for (int i = 0; i < names; i++) {
            byte[] name = new byte[200];
            byte[] key = new byte[100];
            random.nextBytes(name);
            random.nextBytes(key);
            try {
                lookUp(probe, probe.volume().node(ObjectKey.of(key), probe.root(), name), i % 10 == 0);
            } catch (CacheException e) {
                assertThat(e.reason()).isEqualTo(CacheException.Reason.FULL);
            }
        }
    }

    private static void lookUp(CacheProbe probe, long node, boolean fill) throws CacheException {
        if (fill) {
            Cookie cookie = probe.volume().acquire(node, CacheProbe.data(3000, 1));
            cookie.fill(cookie.beginFill(true), 0, ByteBuffer.allocateDirect(3000), () -> {});
            cookie.relinquish();
        }
    }

    /** Files of a few blocks, small ones and pieces, with a pool's worth of buffers under way; now and then a flush. */
    private static void pour(CacheProbe probe, CacheWatch watch, int number) throws Exception {
        Random random = new Random(number);
        Semaphore buffers = new Semaphore(32);
        long poured = 0;
        for (int i = 0; poured < 4 * SIZE / POURERS + (8 << 20) && !watch.isDone(); i++) {
            boolean small = random.nextInt(3) == 0;
            long size = small ? 1 + random.nextInt(20_000) : (long) FILE_BLOCKS * probe.block() - random.nextInt(9000);
            Cookie cookie = probe.open("file " + number + "." + i, size, 1);
            for (ByteRange rest = CacheProbe.all(size);
                    !rest.isEmpty();
                    rest = rest.from(rest.first(probe.block()).end())) {
                ByteRange part = rest.first(probe.block());
                ByteBuffer bytes = Bytes.direct(Bytes.of(cookie.node(), 1, part));
                buffers.acquire();
                cookie.fill(cookie.beginFill(true), part.start(), bytes, buffers::release);
                poured += part.length();
            }
            check(probe, cookie, size, random);
            if (i % 50 == 49) {
                probe.volume().flush(cookie.node());
            }
            cookie.relinquish();
        }
        buffers.acquire(32);
    }

    private static void check(CacheProbe probe, Cookie cookie, long size, Random random) {
        long start = random.nextInt((int) size);
        ByteRange range = ByteRange.between(start, Math.min(size, start + 50_000));
        byte[] bytes = probe.read(cookie, range);
        if (bytes != null) {
            assertThat(bytes).isEqualTo(Bytes.of(cookie.node(), 1, range));
        }
    }
}
