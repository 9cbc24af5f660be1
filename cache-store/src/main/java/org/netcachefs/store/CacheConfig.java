package org.netcachefs.store;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How to open or make a cache. Sizes in bytes; {@code size} and {@code blockBytes} are needed only when it is made, and
 * otherwise compared ({@code size}: the cache is resized; {@code blockBytes}: {@link CacheException.Reason#OTHER_FORMAT}).
 * {@code indexSize} lies inside {@code size}; default max(64 MiB, 2 %). {@code recreate} drops a damaged or foreign cache and
 * makes one of {@code size}, else of the size it had, if that can be read.
 */
public record CacheConfig(
        Path directory,
        OptionalLong size,
        Optional<Path> data,
        OptionalLong indexSize,
        OptionalLong blockBytes,
        boolean preallocate,
        Watermarks watermarks,
        long fillQueueBytes,
        int ioThreads,
        boolean recreate) {
    /** As this one, for a cache of {@code bytes}. */
    public CacheConfig withSize(long bytes) {
        return new CacheConfig(
                directory,
                OptionalLong.of(bytes),
                data,
                indexSize,
                blockBytes,
                preallocate,
                watermarks,
                fillQueueBytes,
                ioThreads,
                recreate);
    }

    /** Defaults: everything in {@code directory}, preallocated, 10:7:3, a fill queue of 64 MiB, 4 I/O threads. */
    public static CacheConfig in(Path directory, OptionalLong size) {
        return new CacheConfig(
                directory,
                size,
                Optional.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                true,
                Watermarks.DEFAULT,
                64L << 20,
                4,
                false);
    }
}
