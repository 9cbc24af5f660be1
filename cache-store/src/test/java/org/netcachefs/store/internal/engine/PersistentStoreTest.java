package org.netcachefs.store.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.netcachefs.store.BlockCache;
import org.netcachefs.store.ByteRange;
import org.netcachefs.store.CacheConfig;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.CacheStore;
import org.netcachefs.store.CoherencyData;
import org.netcachefs.store.Cookie;
import org.netcachefs.store.Cookie.ReadOutcome;
import org.netcachefs.store.ObjectKey;
import org.netcachefs.store.Volume;
import org.netcachefs.store.VolumeKey;

class PersistentStoreTest {
    static final VolumeKey KEY = new VolumeKey("nfs", "server:/export", "/", "");
    private static final long SIZE = 128L << 20;

    @TempDir
    Path base;

    private Path directory() {
        return base.resolve("cache");
    }

    private BlockCache open() throws CacheException {
        return CacheStore.open(CacheConfig.in(directory(), OptionalLong.of(SIZE)));
    }

    static long file(Volume volume, String name) throws CacheException {
        return volume.node(ObjectKey.of(("key of " + name).getBytes()), 1, name.getBytes());
    }

    static byte[] bytes(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    static void fill(BlockCache cache, Cookie cookie, long offset, byte[] bytes) throws Exception {
        ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        CompletableFuture<Void> released = new CompletableFuture<>();
        assertThat(cookie.fill(cookie.beginFill(true), offset, direct, () -> released.complete(null)))
                .isTrue();
        released.get(20, TimeUnit.SECONDS);
    }

    static byte[] read(Cookie cookie, long offset, int length) {
        ByteBuffer to = ByteBuffer.allocateDirect(length);
        ReadOutcome outcome = cookie.tryRead(offset, length, to);
        if (outcome == ReadOutcome.WOULD_BLOCK) {
            return readAsync(cookie, offset, length);
        }
        assertThat(outcome).isEqualTo(ReadOutcome.DONE);
        byte[] bytes = new byte[length];
        to.flip().get(bytes);
        return bytes;
    }

    static byte[] readAsync(Cookie cookie, long offset, int length) {
        CompletableFuture<byte[]> read = new CompletableFuture<>();
        cookie.read(offset, length, new Cookie.ReadDone() {
            @Override
            public void ok(ByteBuffer buffer, Runnable release) {
                byte[] bytes = new byte[buffer.remaining()];
                buffer.get(bytes);
                release.run();
                read.complete(bytes);
            }

            @Override
            public void failed(ReadOutcome outcome) {
                read.completeExceptionally(new AssertionError(outcome.toString()));
            }
        });
        return read.orTimeout(20, TimeUnit.SECONDS).join();
    }

    @Test
    void whatWasFilled_isReadAgain_alsoAfterReopening() throws Exception {
        byte[] content = bytes(1, 700_001);
        CoherencyData coherency = new CoherencyData(content.length, 5, 6);
        long node;
        try (BlockCache cache = open()) {
            Volume volume = cache.volume(KEY);
            node = file(volume, "a");
            Cookie cookie = volume.acquire(node, coherency);
            assertThat(cookie.nextExtent(new ByteRange(0, content.length)).cached())
                    .isFalse();
            fill(cache, cookie, 0, content);
            assertThat(cookie.nextExtent(new ByteRange(0, content.length)))
                    .isEqualTo(new org.netcachefs.store.Extent(new ByteRange(0, content.length), true));
            assertThat(read(cookie, 0, content.length)).isEqualTo(content);
            assertThat(readAsync(cookie, 0, content.length)).isEqualTo(content);
            assertThat(cache.statistics().slots().usedBytes()).isEqualTo((content.length + 4095) / 4096 * 4096);
            assertThat(cache.statistics().index().memoryBytes()).isBetween(1L, 32L << 20);
            cookie.relinquish();
        }
        try (BlockCache cache = open()) {
            Volume volume = cache.volume(KEY);
            assertThat(file(volume, "a")).isEqualTo(node);
            assertThat(volume.child(1, "a".getBytes())).isEqualTo(node);
            assertThat(volume.summary(node).cachedBytes()).isEqualTo(content.length);
            Cookie cookie = volume.acquire(node, coherency);
            assertThat(cookie.nextExtent(new ByteRange(0, content.length)).cached())
                    .isTrue();
            assertThat(read(cookie, 12345, 300_000)).isEqualTo(java.util.Arrays.copyOfRange(content, 12345, 312_345));
            long lookups = cache.statistics().index().lookups();
            for (int i = 0; i < 100; i++) {
                assertThat(read(cookie, 12345, 5000)).hasSize(5000);
            }
            assertThat(cache.statistics().index().lookups()).isEqualTo(lookups);
            cookie.relinquish();
        }
    }

    @Test
    void warmReads_allocateNothing() throws Exception {
        byte[] content = bytes(3, 1 << 20);
        try (BlockCache cache = open()) {
            Volume volume = cache.volume(KEY);
            Cookie cookie = volume.acquire(file(volume, "warm"), new CoherencyData(content.length, 1, 1));
            fill(cache, cookie, 0, content);
            ByteBuffer to = ByteBuffer.allocateDirect(128 << 10);
            ((OpenCache) cache).engine().epochs.commit();
            assertThat(readAsync(cookie, 0, content.length)).isEqualTo(content);
            com.sun.management.ThreadMXBean threads =
                    (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
            long lookups = cache.statistics().index().lookups();
            readMany(cookie, to, 20_000); // until it is compiled
            lendMany(cookie, 20_000);
            long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
            readMany(cookie, to, 20_000);
            lendMany(cookie, 20_000);
            long allocated =
                    threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
            assertThat(allocated).as("bytes for 40,000 reads").isLessThan(20_000);
            assertThat(cache.statistics().index().lookups()).isEqualTo(lookups);
            cookie.relinquish();
        }
    }

    private static void readMany(Cookie cookie, ByteBuffer to, int times) {
        for (int i = 0; i < times; i++) {
            to.clear();
            if (cookie.tryRead((i & 127) * 4096L + 17, 4096, to) != ReadOutcome.DONE) {
                throw new AssertionError("not in memory");
            }
        }
    }

    private static void lendMany(Cookie cookie, int times) {
        for (int i = 0; i < times; i++) {
            if (!cookie.tryLend((i & 127) * 4096L + 17, 4096 - 17, address -> address != 0)) {
                throw new AssertionError("not lent");
            }
        }
    }

    @Test
    void acquire_ofWhatWasOpenOfLate_asksTheIndexForNothing() throws Exception {
        byte[] content = bytes(4, 300_000);
        CoherencyData coherency = new CoherencyData(content.length, 1, 1);
        try (BlockCache cache = open()) {
            fillAndClose(cache, "a", content, coherency);
        }
        try (BlockCache cache = open()) {
            Volume volume = cache.volume(KEY);
            long node = file(volume, "a");
            Cookie cookie = volume.acquire(node, coherency);
            assertThat(readAsync(cookie, 0, content.length)).isEqualTo(content);
            cookie.relinquish();
            assertThat(cache.statistics().openCookies()).isZero();
            long lookups = cache.statistics().index().lookups();
            Cookie again = volume.acquire(node, coherency);
            assertThat(read(again, 0, content.length)).isEqualTo(content);
            assertThat(cache.statistics().index().lookups()).isEqualTo(lookups);
            assertThat(cache.statistics().openCookies()).isOne();
            again.relinquish();
        }
    }

    @Test
    void unusedCookies_areKeptUpToABound() throws Exception {
        byte[] content = bytes(5, 5000);
        CoherencyData coherency = new CoherencyData(content.length, 1, 1);
        try (BlockCache cache = open()) {
            Volume volume = cache.volume(KEY);
            long node = fillAndClose(cache, "a", content, coherency);
            for (int i = 1; i < OpenCookies.MOST_UNUSED; i++) {
                volume.acquire(file(volume, "f" + i), coherency).relinquish();
            }
            volume.acquire(node, coherency).relinquish(); // the latest again
            OpenCookies cookies = ((OpenCache) cache).engine().cookies;
            assertThat(cookies.all()).hasSize(OpenCookies.MOST_UNUSED);
            volume.acquire(file(volume, "one too many"), coherency).relinquish();
            assertThat(cookies.all()).hasSize(OpenCookies.MOST_UNUSED);
            assertThat(cookies.ofNode(node)).isNotNull();
            assertThat(cookies.ofNode(file(volume, "f1"))).isNull();
            Cookie again = volume.acquire(node, coherency);
            assertThat(readAsync(again, 0, content.length)).isEqualTo(content);
            again.relinquish();
        }
    }

    private long fillAndClose(BlockCache cache, String name, byte[] content, CoherencyData coherency) throws Exception {
        Volume volume = cache.volume(KEY);
        long node = file(volume, name);
        Cookie cookie = volume.acquire(node, coherency);
        fill(cache, cookie, 0, content);
        cookie.relinquish();
        return node;
    }

    @Test
    void otherCoherencyData_makesHoles() throws Exception {
        byte[] content = bytes(2, 10_000);
        try (BlockCache cache = open()) {
            Volume volume = cache.volume(KEY);
            long node = file(volume, "b");
            Cookie cookie = volume.acquire(node, new CoherencyData(content.length, 1, 1));
            fill(cache, cookie, 0, content);
            cookie.relinquish();
            Cookie again = volume.acquire(node, new CoherencyData(content.length, 1, 2));
            assertThat(again.nextExtent(new ByteRange(0, 10_000)).cached()).isFalse();
            cache.drain().toCompletableFuture().get(20, TimeUnit.SECONDS);
            assertThat(cache.statistics().slots().usedBytes()).isZero();
            assertThat(cache.statistics().slots().used()).isZero();
            again.relinquish();
        }
    }

    @Test
    void secondOpener_isToldThePid() throws Exception {
        try (BlockCache cache = open()) {
            assertThat(cache.geometry().sectorBytes()).isEqualTo(4096);
            assertThatThrownBy(this::open)
                    .isInstanceOf(CacheException.class)
                    .hasMessageContaining(String.valueOf(ProcessHandle.current().pid()));
        }
    }

    @Test
    void directory_isPrivate() throws Exception {
        open().close();
        assertThat(Files.getPosixFilePermissions(directory()).toString()).doesNotContain("GROUP", "OTHERS");
    }
}
