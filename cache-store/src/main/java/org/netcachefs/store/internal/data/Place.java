package org.netcachefs.store.internal.data;

/** Sectors of one slot: bit {@code i} of {@code mask} is its sector {@code i}. */
public record Place(int slot, long mask) {
    public static final long WHOLE = -1L;

    public boolean isWhole() {
        return mask == WHOLE;
    }

    public int sectors() {
        return Long.bitCount(mask);
    }
}
