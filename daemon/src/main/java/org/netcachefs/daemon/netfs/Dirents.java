package org.netcachefs.daemon.netfs;

import org.jspecify.annotations.Nullable;
import org.netcachefs.fuse.FileName;

/** The names in RAM: which node a name in a directory led to, or that it led nowhere. Bounded, thread-safe. */
final class Dirents {
    static final int DEFAULT_DIRENTS = 131_072;

    private final ClockMap<Key, Dirent> dirents;

    Dirents(int most) {
        dirents = new ClockMap<>(most, dirent -> true);
    }

    private record Key(long parent, FileName name) {}

    /** {@code node} is 0 for an absent name; {@code parentChanges} the directory's {@link Look#changes} when upstream was asked at {@code moment}. */
    record Dirent(long node, Look.Moment moment, long parentChanges) {
        boolean isNegative() {
            return node == 0;
        }

        boolean isBelieved(long nowNanos, long epoch, Look parent, long negativeNanos) {
            long limit = isNegative() ? negativeNanos : parent.timeoutNanos();
            return moment.epoch() == epoch
                    && parentChanges == parent.changes()
                    && nowNanos - moment.monotonicNanos() < limit;
        }
    }

    @Nullable
    Dirent get(long parent, FileName name) {
        return dirents.get(new Key(parent, name));
    }

    void put(long parent, FileName name, Dirent dirent) {
        dirents.put(new Key(parent, name), dirent);
    }

    void forget(Node.Place place) {
        dirents.remove(new Key(place.parent(), place.name()));
    }

    int size() {
        return dirents.size();
    }

    long negatives() {
        long count = 0;
        for (Dirent dirent : dirents.values()) {
            count += dirent.isNegative() ? 1 : 0;
        }
        return count;
    }
}
