package org.netcachefs.store.memory;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.netcachefs.store.BlockCache;
import org.netcachefs.store.BlockGeometry;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.CacheStatistics;
import org.netcachefs.store.Culler;
import org.netcachefs.store.Health;
import org.netcachefs.store.Volume;
import org.netcachefs.store.VolumeKey;
import org.netcachefs.store.Watermarks;

/**
 * A {@link BlockCache} in RAM: what it knows ends with it, {@code hold} gives out nothing (there is no data file), and what is
 * cached can always be read at once. Every block takes a slot of the heap's, however few sectors it has. It keeps at most
 * 131,072 nodes a volume besides those of open cookies; an older one comes back under the id it had. Thread-safe.
 */
public final class MemoryCache implements BlockCache {
    private final Core core;
    private final Object lock;
    private final Health health;
    private final String reason;
    private final Culler culler;

    @GuardedBy("lock")
    private final Map<VolumeKey, Volume> volumes = new HashMap<>();

    private MemoryCache(Core core, Health health, String reason) {
        this.core = core;
        this.lock = core.lock;
        this.health = health;
        this.reason = reason;
        this.culler = new MemoryCuller(core);
    }

    /** A cache for {@code capacityBytes} of blocks, culled at the default marks, that fills on the caller's thread. */
    public static MemoryCache create(BlockGeometry geometry, long capacityBytes) {
        return create(geometry, capacityBytes, Watermarks.DEFAULT, Runnable::run);
    }

    /** As above; fills and asynchronous reads run on {@code executor}, which stays the caller's and outlives the cache. */
    public static MemoryCache create(BlockGeometry geometry, long capacityBytes, Watermarks marks, Executor executor) {
        if (capacityBytes < geometry.blockBytes()) {
            throw new IllegalArgumentException("capacity of " + capacityBytes + " bytes holds no block");
        }
        return new MemoryCache(new Core(geometry, capacityBytes, marks, executor), Health.HEALTHY, "");
    }

    /**
     * What stands in for a cache that cannot be used: knows nodes and hands out cookies without content, has no room for
     * data, refuses each fill without counting it as dropped, and is OFFLINE for {@code reason}.
     */
    public static MemoryCache bypass(String reason) {
        BlockGeometry geometry = new BlockGeometry(BlockGeometry.DEFAULT_BLOCK_BYTES);
        return new MemoryCache(new Core(geometry, 0, Watermarks.DEFAULT, Runnable::run), Health.OFFLINE, reason);
    }

    @Override
    public BlockGeometry geometry() {
        return core.geometry;
    }

    @Override
    public Volume volume(VolumeKey key) throws CacheException {
        synchronized (lock) {
            core.checkOpen();
            return volumes.computeIfAbsent(key, k -> new MemoryVolume(core, k, NodeRows.BOUND));
        }
    }

    /** Nothing on disk, and no index. */
    @Override
    public CacheStatistics statistics() {
        synchronized (lock) {
            CacheStatistics.Slots slots = core.space.slots();
            return new CacheStatistics(
                    slots.total() * core.geometry.blockBytes(),
                    0,
                    core.geometry.blockBytes(),
                    core.geometry.sectorBytes(),
                    new CacheStatistics.Index(0, 0, 0),
                    health,
                    reason,
                    false,
                    slots,
                    core.fills.counters(),
                    core.space.cullCounters(),
                    new CacheStatistics.Errors(0, 0, 0),
                    0,
                    core.openCookies());
        }
    }

    @Override
    public Culler culler() {
        return culler;
    }

    @Override
    public CompletionStage<Void> drain() {
        return core.fills.drain();
    }

    @Override
    public void close() {
        core.close();
    }
}
