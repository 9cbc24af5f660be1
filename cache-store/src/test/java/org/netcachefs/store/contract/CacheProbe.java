package org.netcachefs.store.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.netcachefs.store.BlockCache;
import org.netcachefs.store.ByteRange;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.CoherencyData;
import org.netcachefs.store.Cookie;
import org.netcachefs.store.Cookie.FillTicket;
import org.netcachefs.store.Cookie.ReadOutcome;
import org.netcachefs.store.ObjectKey;
import org.netcachefs.store.Volume;
import org.netcachefs.store.VolumeKey;

/** Uses a cache as the daemon would, and says what it did. */
public final class CacheProbe {
    public static final VolumeKey VOLUME = new VolumeKey("nfs4", "server:/export", "/", "");
    public static final Duration PATIENCE = Duration.ofSeconds(60);

    /** What no cache is exhausted for, in nanoseconds, on a machine busy with other things: longer, and its culler stands still. */
    public static final long STANDSTILL = 10_000_000_000L;

    private final BlockCache cache;
    private final Volume volume;
    private final long root;

    public CacheProbe(BlockCache cache) {
        try {
            this.cache = cache;
            this.volume = cache.volume(VOLUME);
            this.root = volume.node(key("root"), 0, new byte[0]);
        } catch (CacheException e) {
            throw new IllegalStateException(e);
        }
    }

    public BlockCache cache() {
        return cache;
    }

    public Volume volume() {
        return volume;
    }

    public long root() {
        return root;
    }

    public int block() {
        return cache.geometry().blockBytes();
    }

    public int sector() {
        return cache.geometry().sectorBytes();
    }

    public static ObjectKey key(String name) {
        return ObjectKey.of(("object " + name).getBytes(StandardCharsets.UTF_8));
    }

    public static byte[] name(String name) {
        return name.getBytes(StandardCharsets.UTF_8);
    }

    /** The node of a file or directory of that name in the root. */
    public long node(String name) throws CacheException {
        return node(name, root);
    }

    public long node(String name, long parent) throws CacheException {
        return volume.node(key(name), parent, name(name));
    }

    public static CoherencyData data(long size, long version) {
        return new CoherencyData(size, 1_700_000_000_000_000_000L + version, 1_700_000_000_500_000_000L + version);
    }

    public Cookie open(String name, long size, long version) throws CacheException {
        return volume.acquire(node(name), data(size, version));
    }

    /** Fills a range with the content of that version, and waits until that is done. */
    public void fill(Cookie cookie, long version, ByteRange range) {
        assertThat(fill(cookie, cookie.beginFill(true), version, range)).isTrue();
    }

    /** As above under a ticket of before; whether it was queued. The bytes were given back exactly once when this returns. */
    public boolean fill(Cookie cookie, FillTicket ticket, long version, ByteRange range) {
        AtomicInteger released = new AtomicInteger();
        ByteBuffer bytes = Bytes.direct(Bytes.of(cookie.node(), version, range));
        boolean queued = cookie.fill(ticket, range.start(), bytes, released::incrementAndGet);
        await(cache.drain());
        assertThat(released).hasValue(1);
        return queued;
    }

    /** The whole of a file of that size. */
    public static ByteRange all(long size) {
        return new ByteRange(0, size);
    }

    /** Sectors {@code first} to {@code last}, both included, of the file. */
    public ByteRange sectors(long first, long last) {
        return ByteRange.between(first * sector(), (last + 1) * sector());
    }

    /** What a read of the range gives, synchronous where it can be; null when it is not cached. */
    public byte[] read(Cookie cookie, ByteRange range) {
        ByteBuffer to = ByteBuffer.allocateDirect((int) range.length());
        ReadOutcome outcome = cookie.tryRead(range.start(), (int) range.length(), to);
        if (outcome == ReadOutcome.WOULD_BLOCK) {
            return readAsynchronously(cookie, range);
        }
        assertThat(to.position()).isEqualTo(outcome == ReadOutcome.DONE ? to.limit() : 0);
        if (outcome != ReadOutcome.DONE) {
            assertThat(outcome).isEqualTo(ReadOutcome.HOLE);
            return null;
        }
        return bytes(to.flip());
    }

    public byte[] readAsynchronously(Cookie cookie, ByteRange range) {
        AsynchronousRead read = new AsynchronousRead();
        cookie.read(range.start(), (int) range.length(), read);
        await(read.done);
        assertThat(read.calls).hasValue(1);
        return read.done.join();
    }

    private static final class AsynchronousRead implements Cookie.ReadDone {
        final CompletableFuture<byte[]> done = new CompletableFuture<>();
        final AtomicInteger calls = new AtomicInteger();

        @Override
        public void ok(ByteBuffer bytes, Runnable release) {
            calls.incrementAndGet();
            byte[] copy = bytes(bytes);
            release.run();
            done.complete(copy);
        }

        @Override
        public void failed(ReadOutcome outcome) {
            calls.incrementAndGet();
            if (outcome == ReadOutcome.HOLE) {
                done.complete(null);
            } else {
                done.completeExceptionally(new AssertionError("the read ended with " + outcome));
            }
        }
    }

    private static byte[] bytes(ByteBuffer from) {
        byte[] bytes = new byte[from.remaining()];
        from.get(bytes);
        return bytes;
    }

    /** The range is one extent, present, and holds the content of that version. */
    public void assertCached(Cookie cookie, long version, ByteRange range) {
        assertThat(cookie.nextExtent(range)).satisfies(extent -> {
            assertThat(extent.cached()).as("%s is cached", range).isTrue();
            assertThat(extent.range()).isEqualTo(range);
        });
        byte[] expected = Bytes.of(cookie.node(), version, range);
        assertThat(read(cookie, range)).isEqualTo(expected);
        assertThat(readAsynchronously(cookie, range)).isEqualTo(expected);
    }

    /** The range is one extent, absent. */
    public void assertHole(Cookie cookie, ByteRange range) {
        assertThat(cookie.nextExtent(range)).satisfies(extent -> {
            assertThat(extent.isHole()).as("%s is a hole", range).isTrue();
            assertThat(extent.range()).isEqualTo(range);
        });
        assertThat(read(cookie, range)).isNull();
        assertThat(readAsynchronously(cookie, range)).isNull();
    }

    /** Lets the culler work until everything queued, flushed and retired is dealt with. */
    public void settle() throws CacheException {
        CompletionStage<Void> drained = cache.drain();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        do {
            cache.culler().doWork(16);
        } while (!drained.toCompletableFuture().isDone() && System.nanoTime() < deadline);
        await(drained);
    }

    /** Lets the culler work until it has nothing to do; how many slots that freed. */
    public int cull() throws CacheException {
        int freed = 0;
        for (int more = cache.culler().doWork(16);
                more > 0;
                more = cache.culler().doWork(16)) {
            assertThat(more).isLessThanOrEqualTo(16);
            freed += more;
        }
        return freed;
    }

    public static void await(CompletionStage<?> stage) {
        try {
            stage.toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** On a thread of its own. */
    static CompletableFuture<Void> start(Runnable body) {
        return CompletableFuture.runAsync(body, task -> new Thread(task, "test").start());
    }

    public static void until(java.util.concurrent.Callable<Boolean> condition) {
        Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(2)).until(condition);
    }
}
