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
}
