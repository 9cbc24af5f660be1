package org.netcachefs.store.internal.engine;

import org.netcachefs.store.BlockGeometry;
import org.netcachefs.store.internal.data.DataFile;
import org.netcachefs.store.internal.data.SlotMarks;
import org.netcachefs.store.internal.data.SlotTable;

/** The data file and how its space is used. */
record Disk(DataFile data, SlotTable slots, BlockGeometry geometry) {
    SlotMarks marks() {
        return slots.marks();
    }

    /** The byte of the data file at which a sector lies. */
    long position(int slot, int sector) {
        return (long) slot * geometry.blockBytes() + (long) sector * geometry.sectorBytes();
    }

    /** The byte of the data file at which byte {@code offset} of a file lies, which is {@code located}. */
    long positionOf(long located, long offset) {
        return position(Located.slot(located), Located.sector(located)) + geometry.withinSector(offset);
    }

    /** Whether {@code bytes} bytes of a file from {@code offset} on are verified, which all are where that is {@code located}. */
    boolean isVerified(long located, long offset, long bytes) {
        int first = Located.sector(located);
        int sectors = (int) geometry.sectorsFor(geometry.withinSector(offset) + bytes);
        return marks().isVerified(Located.slot(located), BlockGeometry.sectorMask(first, first + sectors - 1));
    }
}
