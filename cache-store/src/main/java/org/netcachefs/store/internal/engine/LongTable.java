package org.netcachefs.store.internal.engine;

import org.jspecify.annotations.Nullable;

/** A map from longs that boxes nothing. Not thread-safe. */
final class LongTable<V> {
    private long[] keys = new long[4];
    private @Nullable Object[] values = new Object[4];
    private int size;

    int size() {
        return size;
    }

    @SuppressWarnings("unchecked")
    @Nullable
    V get(long key) {
        return (V) values[find(key)];
    }

    /** Where {@code key} is or would be put: open addressing, linear probing. */
    private int find(long key) {
        int mask = keys.length - 1;
        int at = spread(key) & mask;
        while (values[at] != null && keys[at] != key) {
            at = (at + 1) & mask;
        }
        return at;
    }

    private static int spread(long key) {
        long mixed = key * 0x9e3779b97f4a7c15L;
        return (int) (mixed >>> 32);
    }

    void put(long key, V value) {
        int at = find(key);
        if (values[at] == null) {
            size++;
        }
        keys[at] = key;
        values[at] = value;
        if (size * 2 > keys.length) {
            resize();
        }
    }

    private void resize() {
        long[] oldKeys = keys;
        @Nullable Object[] oldValues = values;
        keys = new long[oldKeys.length * 2];
        values = new Object[oldKeys.length * 2];
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldValues[i] != null) {
                int at = find(oldKeys[i]);
                keys[at] = oldKeys[i];
                values[at] = oldValues[i];
            }
        }
    }

    void remove(long key) {
        int hole = find(key);
        if (values[hole] == null) {
            return;
        }
        values[hole] = null;
        size--;
        int mask = keys.length - 1;
        for (int at = (hole + 1) & mask; values[at] != null; at = (at + 1) & mask) {
            Object moved = values[at];
            values[at] = null;
            int to = find(keys[at]);
            keys[to] = keys[at];
            values[to] = moved;
        }
    }

    void clear() {
        keys = new long[4];
        values = new Object[4];
        size = 0;
    }

    /** The keys, in no order. */
    long[] keys() {
        long[] all = new long[size];
        int count = 0;
        for (int i = 0; i < keys.length; i++) {
            if (values[i] != null) {
                all[count++] = keys[i];
            }
        }
        return all;
    }
}
