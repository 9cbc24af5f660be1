package org.netcachefs.daemon.netfs;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.netcachefs.daemon.upstream.FaultyUpstream;
import org.netcachefs.daemon.upstream.MemorySide;
import org.netcachefs.daemon.upstream.MemoryUpstream;
import org.netcachefs.daemon.upstream.UpstreamClock;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.store.BlockGeometry;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.VolumeKey;
import org.netcachefs.store.Watermarks;
import org.netcachefs.store.memory.MemoryCache;

/** A file system over an upstream in memory and a cache in memory, all real but for the disk. Time stands still unless told to go. */
final class Fixture implements AutoCloseable {
    static final BlockGeometry GEOMETRY = new BlockGeometry(BlockGeometry.DEFAULT_BLOCK_BYTES);
    static final int BLOCK = BlockGeometry.DEFAULT_BLOCK_BYTES;

    final TestClock clock = new TestClock();
    final UpstreamClock upstreamClock = new UpstreamClock(clock::wallNanos);
    final MemoryUpstream memory = new MemoryUpstream(upstreamClock);
    final MemorySide side = memory.side();
    final FaultyUpstream upstream = new FaultyUpstream(memory);
    final SwitchedCalls calls = new SwitchedCalls(upstream);
    final BufferPool buffers = new BufferPool(8 << 20, BLOCK);
    private final ExecutorService store = Executors.newSingleThreadExecutor();
    final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    final MemoryCache cache;
    final FaultyVolume volume;
    final NetFileSystem files;
    final Client client;

    /** A clock that is moved by hand. */
    static final class TestClock implements NetClock {
        private final AtomicLong nanos = new AtomicLong();
        private final long start = 1_800_000_000_000_000_000L;

        void pass(Duration time) {
            nanos.addAndGet(time.toNanos());
        }

        @Override
        public long wallNanos() {
            return start + nanos.get();
        }

        @Override
        public long monotonicNanos() {
            return nanos.get();
        }
    }

    Fixture() throws ErrnoException, CacheException {
        this(NetfsConfig.DEFAULT);
    }

    Fixture(NetfsConfig config) throws ErrnoException, CacheException {
        this(config, Fixture::roomy);
    }

    Fixture(NetfsConfig config, Function<Executor, MemoryCache> maker) throws ErrnoException, CacheException {
        this(config, maker, true);
    }

    private Fixture(NetfsConfig config, Function<Executor, MemoryCache> maker, boolean readOnly)
            throws ErrnoException, CacheException {
        cache = maker.apply(store);
        volume = new FaultyVolume(cache.volume(new VolumeKey("memory", "test", "/", "")));
        files = NetFileSystem.of(config, new Services(volume, GEOMETRY, calls, buffers, clock, timer), readOnly);
        client = new Client(files);
    }

    /** One whose names and attributes can be changed. */
    static Fixture writable(NetfsConfig config) throws ErrnoException, CacheException {
        return new Fixture(config, Fixture::roomy, false);
    }

    private static MemoryCache roomy(Executor executor) {
        return MemoryCache.create(GEOMETRY, 512L * BLOCK, Watermarks.DEFAULT, executor);
    }

    static NetfsConfig with(Coherency coherency, Duration ttl) {
        return new NetfsConfig(
                coherency,
                ttl,
                AttributeTimes.DEFAULT,
                List.of(),
                OptionalLong.empty(),
                4 << 20,
                Duration.ofSeconds(60));
    }

    static NetfsConfig withoutReadahead() {
        NetfsConfig d = NetfsConfig.DEFAULT;
        return new NetfsConfig(d.coherency(), d.ttl(), d.times(), d.excludes(), d.maxFileSize(), 0, d.skewBound());
    }

    /** Makes a file that has been there for an hour. */
    void oldFile(String path, byte[] content) {
        side.file(path, content);
        clock.pass(Duration.ofHours(1));
    }

    /** {@code length} bytes that tell their place and {@code seed}. */
    static byte[] bytes(int length, int seed) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31 + (i >> 8) * 17 + (i >> 16) * 7 + seed);
        }
        return bytes;
    }

    /** Waits until what was fetched is in the cache: answers come first, fills after them. */
    void drain() {
        org.awaitility.Awaitility.await()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> buffers.usedBytes() == 0);
        cache.drain().toCompletableFuture().join();
    }

    long upstreamBytes() {
        return upstream.faults().bytesRead();
    }

    @Override
    public void close() throws Exception {
        upstream.faults().release();
        files.close();
        calls.close();
        cache.close();
        store.shutdown();
        timer.shutdown();
        store.awaitTermination(5, TimeUnit.SECONDS);
    }
}
