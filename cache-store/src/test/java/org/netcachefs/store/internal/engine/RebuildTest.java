package org.netcachefs.store.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.netcachefs.store.ByteRange;
import org.netcachefs.store.CoherencyData;
import org.netcachefs.store.Cookie;
import org.netcachefs.store.Volume;
import org.netcachefs.store.contract.CacheProbe;
import org.netcachefs.store.internal.index.Family;

/** The free map is rebuilt while the cache is used. */
class RebuildTest {
    private static final int SIZE = 256 << 10;
    private static final CoherencyData DATA = new CoherencyData(SIZE, 1, 1);

    @TempDir
    Path base;

    private final FaultySeams seams = new FaultySeams();

    private Path directory() {
        return base.resolve("cache");
    }

    private static Cookie acquire(OpenCache cache, String name) throws Exception {
        Volume volume = cache.volume(PersistentStoreTest.KEY);
        return volume.acquire(PersistentStoreTest.file(volume, name), DATA);
    }

    @Test
    void damageFoundBeforeTheRowsAreRead_freesItsPlaceOnce() throws Exception {
        try (OpenCache cache = seams.open(directory())) {
            Cookie cookie = acquire(cache, "damaged");
            PersistentStoreTest.fill(cache, cookie, 0, PersistentStoreTest.bytes(1, SIZE));
            cookie.relinquish();
        }
        FaultySeams.zeroData(directory());
        seams.held = Family.COOKIES;
        try (OpenCache cache = seams.open(directory())) {
            findDamage(cache, acquire(cache, "damaged"));
            seams.index.scans.countDown();
            Awaitility.await()
                    .atMost(CacheProbe.PATIENCE)
                    .until(() -> !cache.statistics().recovering());
            Cookie first = acquire(cache, "first");
            PersistentStoreTest.fill(cache, first, 0, PersistentStoreTest.bytes(2, SIZE));
            cache.culler().doWork(64);
            Cookie second = acquire(cache, "second");
            PersistentStoreTest.fill(cache, second, 0, PersistentStoreTest.bytes(3, SIZE));
            assertThat(PersistentStoreTest.readAsync(second, 0, SIZE)).isEqualTo(PersistentStoreTest.bytes(3, SIZE));
            assertThat(PersistentStoreTest.readAsync(first, 0, SIZE)).isEqualTo(PersistentStoreTest.bytes(2, SIZE));
            assertThat(cache.statistics().slots().usedBytes()).isEqualTo(2 * SIZE);
            first.relinquish();
            second.relinquish();
        } finally {
            seams.index.scans.countDown();
        }
    }

    /** Reads until all that is damaged has been forgotten. */
    private static void findDamage(OpenCache cache, Cookie cookie) {
        ByteBuffer to = ByteBuffer.allocateDirect(SIZE);
        Awaitility.await().atMost(CacheProbe.PATIENCE).until(() -> {
            cookie.nextExtent(new ByteRange(0, SIZE));
            cookie.tryRead(0, SIZE, to.clear());
            return cache.engine().disk.slots().hasFreed()
                    && cookie.nextExtent(new ByteRange(0, SIZE)).isHole();
        });
        cookie.relinquish();
    }
}
