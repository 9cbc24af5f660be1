package org.netcachefs.store.internal.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Cookie ids that ended while the index could not be written. Until they are written the index must not be believed: what
 * it says of them is not opened. Thread-safe.
 */
final class Unwritten {
    /** One that ended, and the node whose id it was. */
    record Ended(long node, long id) {}

    @GuardedBy("this")
    private final Map<Long, Ended> byId = new LinkedHashMap<>();

    synchronized void add(Ended ended) {
        byId.put(ended.id(), ended);
    }

    synchronized boolean has(long id) {
        return byId.containsKey(id);
    }

    synchronized boolean isEmpty() {
        return byId.isEmpty();
    }

    /** The first, or null. */
    synchronized @Nullable Ended first() {
        return isEmpty() ? null : byId.values().iterator().next();
    }

    synchronized void written(Ended ended) {
        byId.remove(ended.id());
    }
}
