package org.netcachefs.store.space;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.netcachefs.store.BlockCache;
import org.netcachefs.store.ByteRange;
import org.netcachefs.store.CacheConfig;
import org.netcachefs.store.CacheStatistics.Slots;
import org.netcachefs.store.CacheStore;
import org.netcachefs.store.Cookie;
import org.netcachefs.store.contract.Bytes;
import org.netcachefs.store.contract.CacheProbe;

/** Space follows content: small files and tails share slots. */
class SmallFilesTest {
    private static final int FILES = 2500;

    @TempDir
    private Path directory;

    @Test
    void smallFiles_takeTheirSectorsAndATenthMore() throws Exception {
        try (BlockCache cache =
                CacheStore.open(CacheConfig.in(directory.resolve("cache"), OptionalLong.of(192L << 20)))) {
            CacheProbe probe = new CacheProbe(cache);
            Random random = new Random(3);
            Semaphore buffers = new Semaphore(16);
            long sectors = 0;
            for (int i = 0; i < FILES; i++) {
                long size = random.nextInt(20) == 0 ? random.nextInt(600_000) : 1 + random.nextInt(30_000);
                sectors += probe.cache().geometry().sectorsFor(size);
                fill(probe, "f" + i, size, buffers);
            }
            CacheProbe.await(cache.drain());
            Slots slots = cache.statistics().slots();
            assertThat(slots.usedBytes()).isEqualTo(sectors * probe.sector());
            assertThat((slots.used() + slots.split()) * probe.block())
                    .isLessThanOrEqualTo(sectors * probe.sector() * 11 / 10);
        }
    }

    /** As a reader would: block by block. */
    private static void fill(CacheProbe probe, String name, long size, Semaphore buffers) throws Exception {
        Cookie cookie = probe.open(name, size, 1);
        for (long block = 0; block * probe.block() < size; block++) {
            ByteRange range = probe.cache().geometry().blockRange(block).until(size);
            ByteBuffer bytes = Bytes.direct(Bytes.of(cookie.node(), 1, range));
            buffers.acquire();
            cookie.fill(cookie.beginFill(true), range.start(), bytes, buffers::release);
        }
        cookie.relinquish();
    }
}
