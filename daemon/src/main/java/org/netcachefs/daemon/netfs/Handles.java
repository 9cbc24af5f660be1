package org.netcachefs.daemon.netfs;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What is open, by handle. Thread-safe. */
final class Handles<T> {
    private final ConcurrentHashMap<Long, T> open = new ConcurrentHashMap<>();
    private final AtomicLong next = new AtomicLong(1);

    long add(T opened) {
        long handle = next.getAndIncrement();
        open.put(handle, opened);
        return handle;
    }

    @Nullable
    T get(long handle) {
        return open.get(handle);
    }

    @Nullable
    T remove(long handle) {
        return open.remove(handle);
    }

    int size() {
        return open.size();
    }
}
