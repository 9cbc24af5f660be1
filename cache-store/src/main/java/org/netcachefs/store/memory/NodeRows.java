package org.netcachefs.store.memory;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.netcachefs.store.NodeHash;
import org.netcachefs.store.ObjectKey;
import org.netcachefs.store.Volume.NodeRow;
import org.netcachefs.store.VolumeKey;

/**
 * The nodes of a volume, least recently used first, at most {@link #BOUND} besides those in use. Used under the cache's
 * lock.
 */
final class NodeRows {
    /** Some 50 MiB of heap at 300 to 400 bytes a row. */
    static final int BOUND = 1 << 17;

    /** Rows looked at, oldest first, for one to drop. */
    private static final int TRIES = 64;

    private final NodeHash hash;
    private final int bound;
    private final Consumer<MemoryCookie> dropped;
    private final Map<Long, Row> rows = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<ObjectKey, Long> byKey = new HashMap<>();
    private final Map<Dirent, Long> byName = new HashMap<>();

    /** What is known of a node; one of {@code seen} and {@code cookie} is there. */
    static final class Row {
        final long id;

        @Nullable
        NodeRow seen;

        @Nullable
        MemoryCookie cookie;

        Row(long id) {
            this.id = id;
        }
    }

    private record Dirent(long parent, ByteBuffer name) {
        static Dirent of(long parent, byte[] name) {
            return new Dirent(parent, ByteBuffer.wrap(name.clone()));
        }
    }

    NodeRows(VolumeKey volume, int bound, Consumer<MemoryCookie> dropped) {
        hash = new NodeHash(volume);
        this.bound = bound;
        this.dropped = dropped;
    }

    long node(ObjectKey key, long parent, byte[] name) {
        Long known = byKey.get(key);
        Row row = known == null ? null : rows.get(known);
        if (row == null) {
            row = row(freeId(key));
            byKey.put(key, row.id);
        }
        NodeRow seen = row.seen;
        if (seen != null && (seen.parent() != parent || !Arrays.equals(seen.name(), name))) {
            byName.remove(Dirent.of(seen.parent(), seen.name()), row.id);
        }
        row.seen = new NodeRow(key, parent, name.clone());
        byName.put(Dirent.of(parent, name), row.id);
        return row.id;
    }

    /** The row of this id, made when there is none. */
    Row row(long id) {
        Row row = rows.get(id);
        if (row == null) {
            makeRoom();
            row = new Row(id);
            rows.put(id, row);
        }
        return row;
    }

    @Nullable
    Row find(long id) {
        return rows.get(id);
    }

    long child(long parent, byte[] name) {
        return byName.getOrDefault(Dirent.of(parent, name), 0L);
    }

    void removeChild(long parent, byte[] name) {
        byName.remove(Dirent.of(parent, name));
    }

    List<Row> all() {
        return List.copyOf(rows.values());
    }

    /** Whether {@code id} is {@code ancestor} or below it; true as well where the way up is not known to its end. */
    boolean isBelow(long id, long ancestor) {
        long at = id;
        for (int depth = 0; depth <= rows.size(); depth++) {
            if (at == ancestor) {
                return true;
            }
            if (at == 0) {
                return false;
            }
            Row row = rows.get(at);
            if (row == null || row.seen == null) {
                return true;
            }
            at = row.seen.parent();
        }
        return true;
    }

    private void makeRoom() {
        if (rows.size() < bound) {
            return;
        }
        rows.values().stream()
                .limit(TRIES)
                .filter(row -> row.cookie == null || row.cookie.isExpendable())
                .findFirst()
                .ifPresent(this::drop);
    }

    private void drop(Row row) {
        rows.remove(row.id);
        if (row.seen != null) {
            byKey.remove(row.seen.key());
            byName.remove(Dirent.of(row.seen.parent(), row.seen.name()), row.id);
        }
        if (row.cookie != null) {
            dropped.accept(row.cookie);
        }
    }

    private long freeId(ObjectKey key) {
        long id = hash.idOf(key);
        while (rows.containsKey(id)) {
            id++;
        }
        return id;
    }
}
