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

    /**
     * A fetch that covers {@code part}: one there is, else {@code candidate}, which begins with it and is added, without what others
     * behind the part bring already: requests of one reader come in any order.
     */
    Fetch claim(Key key, ByteRange part, Fetch candidate) {
        List<Fetch> now = fetches.compute(key, (k, present) -> {
            if (present == null) {
                return List.of(candidate);
            }
            if (find(present, part) != null) {
                return present;
            }
            present.stream()
                    .mapToLong(fetch -> fetch.range().start())
                    .filter(start -> start >= part.end())
                    .forEach(candidate::endBefore);
            return append(present, candidate);
        });
        Fetch found = find(now, part);
        return found == null ? candidate : found;
    }

    /** The first run of {@code range} that nothing under way brings; empty, at its end, if all of it is under way. */
    ByteRange gap(Key key, ByteRange range) {
        List<Fetch> present = fetches.getOrDefault(key, List.of());
        ByteRange rest = range;
        for (Fetch covering = covering(present, rest); covering != null; covering = covering(present, rest)) {
            rest = rest.from(covering.range().end());
        }
        for (Fetch fetch : present) {
            rest = fetch.range().start() > rest.start()
                    ? rest.until(fetch.range().start())
                    : rest;
        }
        return rest;
    }

    private static @Nullable Fetch covering(List<Fetch> present, ByteRange rest) {
        return rest.isEmpty() ? null : find(present, rest.first(1));
    }

    /** What has come without being asked for; found by whoever claims a part of it. */
    void add(Key key, Fetch fetch) {
        fetches.compute(key, (k, present) -> present == null ? List.of(fetch) : append(present, fetch));
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
