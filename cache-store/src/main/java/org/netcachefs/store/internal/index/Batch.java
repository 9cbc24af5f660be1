package org.netcachefs.store.internal.index;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Changes of the index that happen together or not at all. Not thread-safe. */
public final class Batch {
    /** A row put ({@code value} present) or deleted. */
    record Change(Family family, byte[] key, byte @Nullable [] value) {}

    private final List<Change> changes = new ArrayList<>(4);

    public Batch put(Family family, byte[] key, byte[] value) {
        changes.add(new Change(family, key, value));
        return this;
    }

    public Batch delete(Family family, byte[] key) {
        changes.add(new Change(family, key, null));
        return this;
    }

    public boolean isEmpty() {
        return changes.isEmpty();
    }

    /** Of keys and values. */
    long bytes() {
        long bytes = 0;
        for (Change change : changes) {
            byte[] value = change.value;
            bytes += change.key.length + (value == null ? 0 : value.length);
        }
        return bytes;
    }

    public int size() {
        return changes.size();
    }

    List<Change> changes() {
        return changes;
    }
}
