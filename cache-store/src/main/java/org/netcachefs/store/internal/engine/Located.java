package org.netcachefs.store.internal.engine;

/** The place of a run of sectors in one long: slot, first sector there, number of sectors. Negative: there is none. */
final class Located {
    static final long HOLE = -1;
    /** The block map does not have the block. */
    static final long UNMAPPED = -2;

    private Located() {}

    static long at(int slot, int sector, int run) {
        return ((long) slot << 16) | (sector << 8) | run;
    }

    static int slot(long located) {
        return (int) (located >> 16);
    }

    static int sector(long located) {
        return (int) (located >> 8) & 0xff;
    }

    static int run(long located) {
        return (int) located & 0xff;
    }
}
