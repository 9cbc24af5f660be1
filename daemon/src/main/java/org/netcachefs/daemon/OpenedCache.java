package org.netcachefs.daemon;

import java.util.Optional;
import java.util.function.Consumer;
import org.netcachefs.daemon.config.ComponentConfigs;
import org.netcachefs.daemon.config.ExitCode;
import org.netcachefs.daemon.config.MountOptions;
import org.netcachefs.daemon.config.MountPlan;
import org.netcachefs.daemon.config.RefusedException;
import org.netcachefs.store.BlockCache;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.CacheStore;
import org.netcachefs.store.memory.MemoryCache;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The cache of a mount, or what stands in for it: {@code bypass} says why nothing is cached, empty when all is well. */
record OpenedCache(BlockCache cache, Optional<String> bypass) {
    private static final Logger log = LoggerFactory.getLogger(OpenedCache.class);

    /** A mistake of the user is refused; a cache that cannot be used is bypassed, with a warning, unless it is required. */
    static OpenedCache open(MountPlan plan, Consumer<String> warnings) throws RefusedException {
        try {
            return new OpenedCache(CacheStore.open(ComponentConfigs.cache(plan)), Optional.empty());
        } catch (CacheException e) {
            return bypassOrRefuse(plan, e, warnings);
        }
    }

    private static OpenedCache bypassOrRefuse(MountPlan plan, CacheException e, Consumer<String> warnings)
            throws RefusedException {
        String reason = String.valueOf(e.getMessage());
        if (isMistake(plan, e.reason()) || plan.options().get(MountOptions.REQUIRE_CACHE)) {
            throw new RefusedException(code(e.reason()), "cache " + reason);
        }
        warnings.accept("warning: mounted without a cache: " + reason);
        log.warn("mounted without a cache: {}", reason);
        return new OpenedCache(MemoryCache.bypass(reason), Optional.of(reason));
    }

    private static boolean isMistake(MountPlan plan, CacheException.Reason reason) {
        return switch (reason) {
            case IN_USE, SIZE -> true;
            case NOT_OURS -> plan.options().get(MountOptions.RECREATE);
            case OTHER_FORMAT, DAMAGED, PERMISSION, FULL, IO, TIMEOUT, OFFLINE -> false;
        };
    }

    private static ExitCode code(CacheException.Reason reason) {
        return switch (reason) {
            case IN_USE -> ExitCode.CACHE_IN_USE;
            case OTHER_FORMAT -> ExitCode.CACHE_FORMAT;
            case SIZE -> ExitCode.CACHE_SIZE;
            case DAMAGED, NOT_OURS, PERMISSION, FULL, IO, TIMEOUT, OFFLINE -> ExitCode.CACHE_DAMAGED;
        };
    }
}
