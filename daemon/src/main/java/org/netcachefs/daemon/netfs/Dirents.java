package org.netcachefs.daemon.netfs;

import org.jspecify.annotations.Nullable;
import org.netcachefs.fuse.FileName;

/** The names in RAM: which node a name in a directory led to, or that it led nowhere. Bounded, thread-safe. */
final class Dirents {
    /** More than there are nodes: some names are absent, some lead to one file. */
    static final int DEFAULT_DIRENTS = NodeTable.DEFAULT_NODES * 5 / 4;

    private final ClockMap<Node.Place, Dirent> dirents;

    Dirents(int most) {
        dirents = new ClockMap<>(most, dirent -> true);
    }

    /** {@code node} is 0 for an absent name; {@code parentState} the directory's {@link Look#state} when upstream was asked at {@code moment}. */
    record Dirent(long node, Look.Moment moment, long parentState) {
        boolean isNegative() {
            return node == 0;
        }

        boolean isBelieved(long nowNanos, long epoch, Look parent, long negativeNanos) {
            long limit = isNegative() ? negativeNanos : parent.timeoutNanos();
            return moment.epoch() == epoch
                    && parentState == parent.state()
                    && nowNanos - moment.monotonicNanos() < limit;
        }
    }

    @Nullable
    Dirent get(long parent, FileName name) {
        return dirents.get(new Node.Place(parent, name));
    }

    void put(Node.Place place, Dirent dirent) {
        dirents.put(place, dirent);
    }

    void forget(Node.Place place) {
        dirents.remove(place);
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
