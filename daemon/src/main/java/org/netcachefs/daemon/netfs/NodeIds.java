package org.netcachefs.daemon.netfs;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.ObjectKey;
import org.netcachefs.store.Volume;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives objects their node ids: the volume's persistent ones, or, while its index fails, passing ones of this process, whose files are
 * read without the cache. Thread-safe.
 */
final class NodeIds {
    private static final Logger LOG = LoggerFactory.getLogger(NodeIds.class);
    private static final long FIRST_PASSING = 1L << 62;
    private static final int MOST_PASSING = 1 << 20;

    private final Volume volume;
    private final ConcurrentHashMap<ObjectKey, Long> passing = new ConcurrentHashMap<>();
    private final AtomicLong nextPassing = new AtomicLong(FIRST_PASSING);
    private volatile boolean failing;

    NodeIds(Volume volume) {
        this.volume = volume;
    }

    static boolean isPersistent(long node) {
        return node < FIRST_PASSING;
    }

    long idOf(ObjectKey identity, long parent, byte[] name) {
        if (isPersistent(parent)) {
            try {
                long id = volume.node(identity, parent, name);
                failing = false;
                return id;
            } catch (CacheException e) {
                if (!failing) {
                    LOG.warn("the cache's index does not answer, files are read without it: {}", e.getMessage());
                }
                failing = true;
            }
        }
        if (passing.size() >= MOST_PASSING) {
            passing.clear();
        }
        return passing.computeIfAbsent(identity, key -> nextPassing.getAndIncrement());
    }
}
