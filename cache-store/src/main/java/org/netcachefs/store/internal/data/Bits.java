package org.netcachefs.store.internal.data;

import org.netcachefs.store.BlockGeometry;

/** Arithmetic on masks of sectors. */
public final class Bits {
    private Bits() {}

    /** The lowest {@code count} of the bits set in {@code bits}. */
    public static long lowest(long bits, int count) {
        long rest = bits;
        for (int i = 0; i < count; i++) {
            rest &= rest - 1;
        }
        return bits & ~rest;
    }

    /** {@code wanted} bits of {@code free}, or all if it has fewer: one run if there is one, else the lowest. */
    static long freeRun(long free, int wanted) {
        int count = Math.min(wanted, Long.bitCount(free));
        long starts = free;
        for (int i = 1; i < count; i++) {
            starts &= free >>> i;
        }
        if (starts != 0 && count > 0) {
            int first = Long.numberOfTrailingZeros(starts);
            return BlockGeometry.sectorMask(first, first + count - 1);
        }
        return lowest(free, count);
    }

    /** How many bits are set one after the other from bit {@code first} (which is set) on. */
    public static int runFrom(long bits, int first) {
        long clear = ~(bits >>> first);
        return Math.min(Long.SIZE - first, Long.numberOfTrailingZeros(clear));
    }

    /** The index among the set bits of {@code bits} of the one at {@code position}. */
    public static int rank(long bits, int position) {
        return Long.bitCount(bits & ((1L << position) - 1));
    }

    /** The position of the set bit of {@code bits} with this index among them. */
    public static int select(long bits, int index) {
        return Long.numberOfTrailingZeros(bits & ~lowest(bits, index));
    }
}
