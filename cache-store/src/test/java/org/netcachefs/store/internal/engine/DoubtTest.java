package org.netcachefs.store.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.netcachefs.store.ByteRange;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.CacheException.Reason;
import org.netcachefs.store.CoherencyData;
import org.netcachefs.store.Cookie;
import org.netcachefs.store.Health;
import org.netcachefs.store.Volume;
import org.netcachefs.store.contract.CacheProbe;

/** A record whose write failed may be found later all the same: until that is known, its places are nobody else's. */
class DoubtTest {
    private static final int SIZE = 256 << 10;
    private static final CoherencyData DATA = new CoherencyData(SIZE, 1, 1);
    private static final ByteRange ALL = new ByteRange(0, SIZE);

    @TempDir
    Path base;

    private final FaultySeams seams = new FaultySeams();
    private OpenCache cache;

    @BeforeEach
    void open() throws CacheException {
        cache = seams.open(base.resolve("cache"));
    }

    @AfterEach
    void close() {
        seams.index.failingWrites = null;
        cache.close();
    }

    private Cookie acquire(String name) throws CacheException {
        Volume volume = cache.volume(PersistentStoreTest.KEY);
        return volume.acquire(PersistentStoreTest.file(volume, name), DATA);
    }

    private void fillWhileWritesFail(Cookie cookie) throws Exception {
        seams.index.failingWrites = Reason.FULL;
        PersistentStoreTest.fill(cache, cookie, 0, PersistentStoreTest.bytes(1, SIZE));
        assertThat(cookie.nextExtent(ALL).isHole()).isTrue();
        seams.index.failingWrites = null;
        Awaitility.await()
                .atMost(CacheProbe.PATIENCE)
                .until(() -> cache.statistics().health() == Health.HEALTHY);
    }

    @Test
    void recordThatIsFoundAfterItsWriteFailed_isRemovedBeforeItsPlaceIsGivenOut() throws Exception {
        Cookie cookie = acquire("doubtful");
        seams.index.lying = true;
        fillWhileWritesFail(cookie);
        cookie.relinquish();
        Cookie other = acquire("other");
        PersistentStoreTest.fill(cache, other, 0, PersistentStoreTest.bytes(2, SIZE));
        assertThat(PersistentStoreTest.readAsync(other, 0, SIZE)).isEqualTo(PersistentStoreTest.bytes(2, SIZE));
        Cookie again = acquire("doubtful");
        assertThat(again.nextExtent(ALL).isHole()).isTrue();
        assertThat(cache.statistics().slots().usedBytes()).isEqualTo(SIZE);
        again.retire();
        other.retire();
        assertNothingIsTaken();
    }

    @Test
    void recordThatIsNotFound_givesItsPlaceBack() throws Exception {
        Cookie cookie = acquire("f");
        fillWhileWritesFail(cookie);
        assertNothingIsTaken();
        PersistentStoreTest.fill(cache, cookie, 0, PersistentStoreTest.bytes(3, SIZE));
        assertThat(PersistentStoreTest.readAsync(cookie, 0, SIZE)).isEqualTo(PersistentStoreTest.bytes(3, SIZE));
        cookie.relinquish();
    }

    private void assertNothingIsTaken() throws Exception {
        cache.drain().toCompletableFuture().get(20, TimeUnit.SECONDS);
        assertThat(cache.statistics().slots().used()).isZero();
        assertThat(cache.statistics().slots().usedBytes()).isZero();
    }
}
