package org.netcachefs.store.internal.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.LinkedHashMap;
import java.util.Map;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.internal.index.CookieRow;

/** Cookie ids that ended while the index could not be written: until they are written the index must not be believed. Thread-safe. */
final class Unwritten {
    /** One that ended. */
    private record Ended(long node, CookieRow next) {}

    @GuardedBy("this")
    private final Map<Long, Ended> byId = new LinkedHashMap<>();

    synchronized void add(long node, long old, CookieRow next) {
        byId.put(old, new Ended(node, next));
    }

    synchronized boolean isEmpty() {
        return byId.isEmpty();
    }

    /** Writes all; at the first failure the rest stays. */
    synchronized void write(Retirement retirement) throws CacheException {
        while (!byId.isEmpty()) {
            Map.Entry<Long, Ended> first = byId.entrySet().iterator().next();
            retirement.retire(
                    first.getValue().node(), first.getKey(), first.getValue().next());
            byId.remove(first.getKey());
        }
    }
}
