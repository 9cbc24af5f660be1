package org.netcachefs.store.internal.data;

import java.util.Arrays;

/**
 * Stacks of slots, linked through one array: bucket {@code b} holds slots with {@code b} free sectors when they were put
 * there (64: free slots). Counts may have changed since: whoever takes one looks. Not thread-safe.
 */
final class SlotLists {
    static final int FREE = 64;
    static final int NONE = -1;

    private final int[] next;
    private final int[] heads = new int[FREE + 1];

    SlotLists(int slots) {
        next = new int[slots];
        Arrays.fill(heads, NONE);
    }

    void push(int bucket, int slot) {
        next[slot] = heads[bucket];
        heads[bucket] = slot;
    }

    int pop(int bucket) {
        int slot = heads[bucket];
        if (slot != NONE) {
            heads[bucket] = next[slot];
        }
        return slot;
    }

    boolean isEmpty(int bucket) {
        return heads[bucket] == NONE;
    }
}
