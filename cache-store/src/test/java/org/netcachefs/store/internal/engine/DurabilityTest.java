package org.netcachefs.store.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.ByteBuffer;
import java.nio.file.Path;
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
import org.netcachefs.store.Cookie.ReadOutcome;
import org.netcachefs.store.Health;
import org.netcachefs.store.Volume;
import org.netcachefs.store.contract.CacheProbe;

/**
 * Data that did not reach the disk. The kernel tells of a write-back that failed once, and has no more of the pages than the
 * disk from then on: what a sync that failed was to write is not believed any more, whatever later syncs say.
 */
class DurabilityTest {
    private static final int SIZE = 300_000;
    private static final CoherencyData DATA = new CoherencyData(SIZE, 1, 1);
    private static final ByteRange ALL = new ByteRange(0, SIZE);
    private static final int EIO = 5;

    @TempDir
    Path base;

    private final byte[] content = PersistentStoreTest.bytes(7, SIZE);
    private final FaultySeams seams = new FaultySeams();
    private OpenCache cache;

    private Path directory() {
        return base.resolve("cache");
    }

    @BeforeEach
    void open() throws CacheException {
        cache = seams.open(directory());
    }

    @AfterEach
    void close() {
        seams.data.syncErrno = 0;
        seams.index.failingWrites = null;
        cache.close();
    }

    private Cookie acquire(String name) throws CacheException {
        Volume volume = cache.volume(PersistentStoreTest.KEY);
        return volume.acquire(PersistentStoreTest.file(volume, name), DATA);
    }

    private Cookie filled(String name) throws Exception {
        Cookie cookie = acquire(name);
        PersistentStoreTest.fill(cache, cookie, 0, content);
        assertThat(cookie.nextExtent(ALL).cached()).isTrue();
        return cookie;
    }

    private void failToSync() {
        seams.data.syncErrno = EIO;
        assertThat(catchThrowableOfType(
                        CacheException.class, () -> cache.engine().epochs.commit()))
                .isNotNull();
        seams.data.syncErrno = 0;
    }

    @Test
    void whatASyncThatFailedWasToWrite_isAHoleFromThenOn() throws Exception {
        Cookie durable = filled("durable");
        cache.engine().epochs.commit();
        Cookie lost = filled("lost");
        failToSync();
        assertThat(lost.nextExtent(ALL).isHole()).isTrue();
        cache.engine().epochs.commit();
        assertThat(lost.nextExtent(ALL).isHole()).isTrue();
        Cookie after = filled("after");
        lost.relinquish();
        durable.relinquish();
        after.relinquish();
        cache.close();
        cache = seams.open(directory());
        assertThat(acquire("lost").nextExtent(ALL).isHole()).isTrue();
        for (String name : new String[] {"durable", "after"}) {
            assertThat(PersistentStoreTest.readAsync(acquire(name), 0, SIZE)).isEqualTo(content);
        }
        PersistentStoreTest.fill(cache, acquire("lost"), 0, content);
        assertThat(PersistentStoreTest.readAsync(acquire("lost"), 0, SIZE)).isEqualTo(content);
    }

    @Test
    void failureTheProbeIsTold_isNotForgotten() throws Exception {
        Cookie lost = filled("lost");
        seams.data.syncErrno = EIO;
        cache.engine().health.degrade("as if");
        Awaitility.await()
                .atMost(CacheProbe.PATIENCE)
                .until(() -> lost.nextExtent(ALL).isHole());
        seams.data.syncErrno = 0;
        Awaitility.await()
                .atMost(CacheProbe.PATIENCE)
                .until(() -> cache.statistics().health() == Health.HEALTHY);
        assertThat(lost.nextExtent(ALL).isHole()).isTrue();
        PersistentStoreTest.fill(cache, lost, 0, content);
        assertThat(PersistentStoreTest.readAsync(lost, 0, SIZE)).isEqualTo(content);
        lost.relinquish();
    }

    @Test
    void lossThatCannotBeNoted_makesTheIndexDistrusted() throws Exception {
        filled("lost").relinquish();
        seams.index.failingWrites = Reason.FULL;
        int epoch = cache.engine().epochs.current();
        for (int i = 0; i < 5; i++) {
            failToSync();
        }
        assertThat(cache.engine().epochs.current())
                .as("no epoch is used that a later session may not know of")
                .isEqualTo(epoch + 1);
        cache.close();
        cache = seams.open(directory());
        assertThat(cache.statistics().healthReason()).contains("dropped");
        assertThat(acquire("lost").nextExtent(ALL).isHole()).isTrue();
    }

    /** The kernel may have failed to write them back, and not told yet. */
    @Test
    void sectorsNotYetDurable_areComparedAtEachRead() throws Exception {
        synchronized (cache.engine().epochs) { // no commit meanwhile
            Cookie cookie = filled("f");
            ByteBuffer to = ByteBuffer.allocateDirect(SIZE);
            assertThat(PersistentStoreTest.readAsync(cookie, 0, SIZE)).isEqualTo(content);
            FaultySeams.zeroData(directory());
            assertThat(cookie.tryRead(0, SIZE, to)).isNotEqualTo(ReadOutcome.DONE);
            cookie.relinquish();
        }
    }
}
