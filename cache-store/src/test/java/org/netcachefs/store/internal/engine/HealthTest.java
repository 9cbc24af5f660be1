package org.netcachefs.store.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.netcachefs.store.BlockCache;
import org.netcachefs.store.ByteRange;
import org.netcachefs.store.CacheConfig;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.CacheException.Reason;
import org.netcachefs.store.CacheStore;
import org.netcachefs.store.CoherencyData;
import org.netcachefs.store.Cookie;
import org.netcachefs.store.Cookie.ReadOutcome;
import org.netcachefs.store.Health;
import org.netcachefs.store.Volume;
import org.netcachefs.store.contract.CacheProbe;
import org.netcachefs.store.internal.data.Superblock;
import org.netcachefs.store.internal.index.Batch;
import org.netcachefs.store.internal.index.Index;

/** A cache disk that fails or hangs: nobody waits long, no byte is wrong, and health says so and comes back. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HealthTest {
    private static final int SIZE = 300_000;
    private static final CoherencyData DATA = new CoherencyData(SIZE, 1, 1);
    private static final int EIO = 5;
    private static final int ENOSPC = 28;

    @TempDir
    Path base;

    private FaultyDataFile data;
    private FaultyIndex index;
    private BlockCache cache;
    private Volume volume;
    private Cookie cookie;
    private final byte[] content = PersistentStoreTest.bytes(7, SIZE);

    @BeforeEach
    void open() throws Exception {
        FaultySeams seams = new FaultySeams();
        cache = seams.open(base.resolve("cache"));
        data = seams.data;
        index = seams.index;
        volume = cache.volume(PersistentStoreTest.KEY);
        cookie = volume.acquire(PersistentStoreTest.file(volume, "f"), DATA);
        PersistentStoreTest.fill(cache, cookie, 0, content);
        assertThat(PersistentStoreTest.readAsync(cookie, 0, SIZE)).isEqualTo(content);
    }

    @AfterEach
    void close() {
        data.hang.countDown();
        data.hangSync.countDown();
        index.hang.countDown();
        cache.close();
    }

    private void awaitHealth(Health health) {
        Awaitility.await()
                .atMost(CacheProbe.PATIENCE)
                .until(() -> cache.statistics().health() == health);
    }

    private boolean fill(String name) throws CacheException {
        Cookie other = volume.acquire(PersistentStoreTest.file(volume, name), new CoherencyData(4096, 1, 1));
        AtomicInteger released = new AtomicInteger();
        boolean queued =
                other.fill(other.beginFill(true), 0, ByteBuffer.allocateDirect(4096), released::incrementAndGet);
        Awaitility.await().atMost(CacheProbe.PATIENCE).until(() -> released.get() == 1);
        other.relinquish();
        return queued;
    }

    @Test
    void failingWrites_stopFills_notHits_andHealthComesBack() throws Exception {
        for (int errno : new int[] {EIO, ENOSPC}) {
            data.writeErrno = errno;
            fill("g" + errno);
            awaitHealth(Health.DEGRADED);
            assertThat(cache.statistics().healthReason()).contains("data");
            assertThat(cache.statistics().errors().io()).isPositive();
            assertThat(PersistentStoreTest.read(cookie, 0, SIZE)).isEqualTo(content);
            assertThat(fill("h" + errno)).isFalse();
            data.writeErrno = 0;
            awaitHealth(Health.HEALTHY);
            assertThat(fill("i" + errno)).isTrue();
        }
        assertThat(cache.statistics().fills().droppedBytes()).isPositive();
    }

    @Test
    void diskThatIsNotWell_isNotLentFrom() throws Exception {
        commit((OpenCache) cache);
        assertThat(PersistentStoreTest.readAsync(cookie, 0, SIZE)).isEqualTo(content); // verified now
        assertThat(cookie.tryLend(0, 4096, address -> true)).isTrue();
        data.writeErrno = EIO;
        fill("g");
        awaitHealth(Health.DEGRADED);
        assertThat(cookie.tryLend(0, 4096, address -> true)).isFalse();
        assertThat(PersistentStoreTest.read(cookie, 0, SIZE)).isEqualTo(content);
        data.writeErrno = 0;
        awaitHealth(Health.HEALTHY);
        assertThat(cookie.tryLend(0, 4096, address -> true)).isTrue();
    }

    @Test
    void lendThatHangs_isBypassed_andComesBack() throws Exception {
        commit((OpenCache) cache);
        assertThat(PersistentStoreTest.readAsync(cookie, 0, SIZE)).isEqualTo(content); // verified now
        data.hang = new CountDownLatch(1);
        CompletableFuture<Boolean> lent = CompletableFuture.supplyAsync(() -> cookie.tryLend(0, 4096, address -> true));
        awaitHealth(Health.OFFLINE);
        assertThat(cookie.tryLend(0, 4096, address -> true)).isFalse();
        data.hang.countDown();
        assertThat(lent.orTimeout(20, TimeUnit.SECONDS).join()).isTrue();
        awaitHealth(Health.HEALTHY);
        assertThat(cookie.tryLend(0, 4096, address -> true)).isTrue();
    }

    @Test
    void failingIndex_stopsFills_andHealthComesBack() throws Exception {
        index.failing = Reason.FULL;
        assertThat(catchThrowableOfType(CacheException.class, () -> fill("g")).reason())
                .isEqualTo(Reason.FULL);
        awaitHealth(Health.DEGRADED);
        CoherencyData next = new CoherencyData(SIZE, 2, 2);
        CacheException refused = catchThrowableOfType(CacheException.class, () -> cookie.invalidate(next));
        assertThat(refused.reason()).isEqualTo(Reason.FULL);
        assertThat(cookie.nextExtent(new ByteRange(0, SIZE)).isHole()).isTrue();
        index.failing = null;
        awaitHealth(Health.HEALTHY);
        openAnew();
        assertThat(cookie.nextExtent(new ByteRange(0, SIZE)).isHole())
                .as("the invalidation was written when it could be")
                .isTrue();
    }

    @Test
    void flushThatCouldNotBeWritten_holds_andTakesNoPlaceFromALaterOpen() throws Exception {
        Cookie other = volume.acquire(PersistentStoreTest.file(volume, "other"), DATA);
        index.failingWrites = Reason.FULL;
        assertThat(catchThrowableOfType(CacheException.class, () -> volume.flush(cookie.node())))
                .isNotNull();
        cookie.relinquish();
        assertThat(volume.summary(cookie.node())).isNull();
        Cookie again = volume.acquire(cookie.node(), DATA);
        assertThat(again.nextExtent(new ByteRange(0, SIZE)).isHole())
                .as("flushed")
                .isTrue();
        index.failingWrites = null;
        awaitHealth(Health.HEALTHY);
        PersistentStoreTest.fill(cache, again, 0, content);
        cache.drain().toCompletableFuture().get(20, TimeUnit.SECONDS);
        PersistentStoreTest.fill(cache, other, 0, PersistentStoreTest.bytes(8, SIZE));
        assertThat(PersistentStoreTest.readAsync(other, 0, SIZE)).isEqualTo(PersistentStoreTest.bytes(8, SIZE));
        assertThat(PersistentStoreTest.readAsync(again, 0, SIZE)).isEqualTo(content);
        other.relinquish();
        cookie = again;
    }

    @Test
    void idThatIsSweptAlthoughItIsOpen_isAHoleBeforeItsPlacesAreReused() throws Exception {
        Batch batch = new Batch();
        Index.putDead(batch, ((OpenCookie) cookie).state().id());
        ((OpenCache) cache).engine().index.write(batch);
        cache.drain().toCompletableFuture().get(20, TimeUnit.SECONDS);
        assertThat(cookie.nextExtent(new ByteRange(0, SIZE)).isHole()).isTrue();
    }

    @Test
    void failingReads_areFailed_thenRead() throws Exception {
        data.readErrno = EIO;
        ByteBuffer to = ByteBuffer.allocateDirect(SIZE);
        assertThat(cookie.tryRead(0, SIZE, to)).isEqualTo(ReadOutcome.FAILED);
        assertThat(outcomeOfRead()).isEqualTo(ReadOutcome.FAILED);
        data.readErrno = 0;
        awaitHealth(Health.HEALTHY);
        assertThat(PersistentStoreTest.readAsync(cookie, 0, SIZE)).isEqualTo(content);
    }

    @Test
    void shortReads_areFailed() {
        data.shortReads = true;
        assertThat(outcomeOfRead()).isEqualTo(ReadOutcome.FAILED);
        data.shortReads = false;
    }

    @Test
    void lostWrites_areFoundByTheirChecksum() throws Exception {
        data.lostWrites = true;
        Cookie other = volume.acquire(PersistentStoreTest.file(volume, "lost"), DATA);
        PersistentStoreTest.fill(cache, other, 0, content);
        data.lostWrites = false;
        assertThat(other.nextExtent(new ByteRange(0, SIZE)).cached()).isTrue();
        ByteBuffer to = ByteBuffer.allocateDirect(SIZE);
        assertThat(other.tryRead(0, SIZE, to)).isIn(ReadOutcome.FAILED, ReadOutcome.HOLE);
        assertThat(cache.statistics().errors().checksum()).isPositive();
        Awaitility.await().until(() -> other.nextExtent(new ByteRange(0, 4096)).isHole());
        other.relinquish();
    }

    private ReadOutcome outcomeOfRead() {
        CompletableFuture<ReadOutcome> outcome = new CompletableFuture<>();
        cookie.read(0, SIZE, new Cookie.ReadDone() {
            @Override
            public void ok(ByteBuffer bytes, Runnable release) {
                release.run();
                outcome.complete(ReadOutcome.DONE);
            }

            @Override
            public void failed(ReadOutcome failure) {
                outcome.complete(failure);
            }
        });
        return outcome.orTimeout(20, TimeUnit.SECONDS).join();
    }

    @Test
    void hangingDisk_isBypassed_andComesBack() throws Exception {
        CountDownLatch hang = new CountDownLatch(1);
        data.hang = hang;
        index.hang = hang;
        long node = PersistentStoreTest.KEY.hashCode();
        AtomicInteger released = new AtomicInteger();
        for (int i = 0; i < 20; i++) {
            cookie.fill(cookie.beginFill(true), 0, ByteBuffer.allocateDirect(4096), released::incrementAndGet);
        }
        assertThat(outcomeOfRead()).as("a read in time").isEqualTo(ReadOutcome.FAILED);
        assertThat(catchThrowableOfType(CacheException.class, () -> PersistentStoreTest.file(volume, "new " + node))
                        .reason())
                .isEqualTo(Reason.TIMEOUT);
        awaitHealth(Health.OFFLINE);
        assertThat(cache.statistics().healthReason()).contains("not answered");
        assertThat(cookie.nextExtent(new ByteRange(0, SIZE)).isHole()).isTrue();
        assertThat(cookie.tryRead(0, SIZE, ByteBuffer.allocateDirect(SIZE))).isEqualTo(ReadOutcome.FAILED);
        Awaitility.await().until(() -> released.get() >= 16); // all but what the threads are on
        assertThat(catchThrowableOfType(CacheException.class, () -> cookie.invalidate(DATA)))
                .isNotNull();
        hang.countDown();
        awaitHealth(Health.HEALTHY);
        Awaitility.await().until(() -> released.get() == 20);
        assertThat(fill("after")).isTrue();
        assertThat(cookie.nextExtent(new ByteRange(0, SIZE)).isHole()).isTrue();
    }

    @Test
    void hangingSync_isBypassed_andComesBack() throws Exception {
        data.hangSync = new CountDownLatch(1);
        OpenCache open = (OpenCache) cache;
        CompletableFuture<Void> tried = CompletableFuture.runAsync(() -> commit(open));
        awaitHealth(Health.OFFLINE);
        assertThat(cache.statistics().healthReason()).contains("not answered");
        data.hangSync.countDown();
        awaitHealth(Health.HEALTHY);
        tried.join();
        assertThat(PersistentStoreTest.readAsync(cookie, 0, SIZE)).isEqualTo(content);
    }

    /** Nothing is mapped of it. */
    private void openAnew() throws CacheException {
        cookie.relinquish();
        assertThat(engine().cookies.usedOf(cookie.node())).isNull();
        cookie = volume.acquire(PersistentStoreTest.file(volume, "f"), DATA);
    }

    private static void commit(OpenCache open) {
        try {
            open.engine().epochs.commit();
        } catch (CacheException e) {
            assertThat(e.reason()).as("the circuit is still open").isEqualTo(Reason.TIMEOUT);
        }
    }

    @Test
    void fillsDroppedWhenTheDiskHangs_letTheirCookieClose() throws Exception {
        Cookie other = volume.acquire(PersistentStoreTest.file(volume, "dropped"), DATA);
        CountDownLatch hang = new CountDownLatch(1);
        data.hang = hang;
        AtomicInteger released = new AtomicInteger();
        for (int i = 0; i < 20; i++) {
            other.fill(other.beginFill(true), 0, ByteBuffer.allocateDirect(4096), released::incrementAndGet);
        }
        awaitHealth(Health.OFFLINE);
        hang.countDown();
        Awaitility.await().atMost(CacheProbe.PATIENCE).until(() -> released.get() == 20);
        awaitHealth(Health.HEALTHY);
        int open = engine().cookies.used();
        other.relinquish();
        Awaitility.await().until(() -> engine().cookies.used() == open - 1);
    }

    @Test
    void whatIsNotMapped_isMappedWithoutTheCallerWaiting_alsoWhileTheDiskHangs() throws Exception {
        openAnew();
        CountDownLatch hang = new CountDownLatch(1);
        index.hang = hang;
        CompletableFuture<Boolean> hole = new CompletableFuture<>();
        ByteRange all = new ByteRange(0, SIZE);
        Thread caller = Thread.currentThread();
        cookie.whenMapped(
                all,
                () -> hole.complete(Thread.currentThread() != caller
                        && cookie.nextExtent(all).isHole()));
        assertThat(hole).as("on another thread, later").isNotDone();
        assertThat(hole.orTimeout(20, java.util.concurrent.TimeUnit.SECONDS).join())
                .isTrue();
        hang.countDown();
        awaitHealth(Health.HEALTHY);
        CompletableFuture<Boolean> cached = new CompletableFuture<>();
        cookie.whenMapped(all, () -> cached.complete(cookie.nextExtent(all).cached()));
        assertThat(cached.orTimeout(20, java.util.concurrent.TimeUnit.SECONDS).join())
                .isTrue();
    }

    @Test
    void whoIsToldThatTheDiskHangs_keepsNobodyFromSeeingThatItIsBack() throws Exception {
        openAnew();
        CountDownLatch told = new CountDownLatch(1);
        CountDownLatch goesOn = new CountDownLatch(1);
        index.hang = new CountDownLatch(1);
        cookie.whenMapped(new ByteRange(0, SIZE), () -> {
            told.countDown();
            FaultyIndex.await(goesOn);
        });
        assertThat(told.await(CacheProbe.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        awaitHealth(Health.OFFLINE);
        index.hang.countDown();
        Awaitility.await()
                .atMost(Duration.ofSeconds(20)) // it looks by itself once a minute
                .until(() -> cache.statistics().health() == Health.HEALTHY);
        goesOn.countDown();
    }

    @Test
    void damagedIndex_isNotedOnce_andNotByTheThreadThatReads() throws Exception {
        openAnew();
        Path directory = base.resolve("cache");
        assertThat(Superblock.read(directory).distrusted()).isFalse();
        index.failing = Reason.DAMAGED;
        cookie.nextExtent(new ByteRange(0, SIZE));
        Awaitility.await().until(() -> Superblock.read(directory).distrusted());
        Object noted = Files.getAttribute(Superblock.file(directory), "unix:ino");
        for (int i = 0; i < 5; i++) {
            cookie.nextExtent(new ByteRange(0, SIZE));
        }
        assertThat(Files.getAttribute(Superblock.file(directory), "unix:ino")).isEqualTo(noted);
        index.failing = null;
    }

    @Test
    void closedWhileTheDiskHangs_staysLocked() throws Exception {
        CountDownLatch hang = new CountDownLatch(1);
        data.hang = hang;
        cookie.fill(cookie.beginFill(true), 0, ByteBuffer.allocateDirect(4096), () -> {});
        awaitHealth(Health.OFFLINE);
        cache.close();
        CacheConfig config = CacheConfig.in(base.resolve("cache"), OptionalLong.of(100L << 20));
        assertThat(catchThrowableOfType(CacheException.class, () -> CacheStore.open(config))
                        .reason())
                .isEqualTo(Reason.IN_USE);
        hang.countDown();
    }

    private Engine engine() {
        return ((OpenCache) cache).engine();
    }
}
