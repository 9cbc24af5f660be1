package org.netcachefs.daemon.netfs;

import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.netcachefs.store.ByteRange;
import org.netcachefs.store.Cookie;

/** The fetches under way, or still in their buffers, by cookie, block and fill guard. Thread-safe. */
final class InFlight {
    private final ConcurrentHashMap<Key, List<Fetch>> fetches = new ConcurrentHashMap<>();

    /** Fetches of one block under one guard can take each other's place. */
    record Key(Cookie cookie, long block, long guard) {}

    /** A fetch that covers {@code part}: one there is, else {@code candidate}, which is added. */
    Fetch claim(Key key, ByteRange part, Fetch candidate) {
        List<Fetch> now = fetches.compute(key, (k, present) -> {
            if (present == null) {
                return List.of(candidate);
            }
            return find(present, part) == null ? append(present, candidate) : present;
        });
        Fetch found = find(now, part);
        return found == null ? candidate : found;
    }

    /** So much of {@code range}, which begins with {@code part}, that nothing under way brings what lies behind the part. */
    ByteRange unclaimed(Key key, ByteRange part, ByteRange range) {
        long end = range.end();
        for (Fetch fetch : fetches.getOrDefault(key, List.of())) {
            long start = fetch.range().start();
            end = start >= part.end() ? Math.min(end, start) : end;
        }
        return range.until(end);
    }

    void remove(Key key, Fetch fetch) {
        fetches.computeIfPresent(key, (k, present) -> {
            List<Fetch> rest = present.stream().filter(other -> other != fetch).toList();
            return rest.isEmpty() ? null : rest;
        });
    }

    int size() {
        return fetches.size();
    }

    private static @Nullable Fetch find(List<Fetch> present, ByteRange part) {
        for (Fetch fetch : present) {
            if (fetch.range().contains(part)) {
                return fetch;
            }
        }
        return null;
    }

    private static List<Fetch> append(List<Fetch> present, Fetch fetch) {
        return Stream.concat(present.stream(), Stream.of(fetch)).toList();
    }
}
