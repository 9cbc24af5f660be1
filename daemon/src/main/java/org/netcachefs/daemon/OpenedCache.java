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
            return bypassOrRefuse(plan, code(e.reason()), String.valueOf(e.getMessage()), warnings);
        }
    }

    private static OpenedCache bypassOrRefuse(MountPlan plan, ExitCode code, String reason, Consumer<String> warnings)
            throws RefusedException {
        boolean mistake = code == ExitCode.CACHE_IN_USE || code == ExitCode.CACHE_SIZE;
        if (mistake || plan.options().get(MountOptions.REQUIRE_CACHE)) {
            throw new RefusedException(code, "cache " + reason);
        }
        warnings.accept("warning: mounted without a cache: " + reason);
        log.warn("mounted without a cache: {}", reason);
        return new OpenedCache(MemoryCache.bypass(reason), Optional.of(reason));
    }

    private static ExitCode code(CacheException.Reason reason) {
        return switch (reason) {
            case IN_USE -> ExitCode.CACHE_IN_USE;
            case OTHER_FORMAT -> ExitCode.CACHE_FORMAT;
            case SIZE -> ExitCode.CACHE_SIZE;
            case DAMAGED, PERMISSION, FULL, IO, TIMEOUT, OFFLINE -> ExitCode.CACHE_DAMAGED;
        };
    }
}
