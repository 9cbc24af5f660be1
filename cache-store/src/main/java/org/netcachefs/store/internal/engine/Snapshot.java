package org.netcachefs.store.internal.engine;

import org.netcachefs.store.BlockGeometry;
import org.netcachefs.store.CacheStatistics;
import org.netcachefs.store.internal.data.SlotTable;
import org.netcachefs.store.internal.data.Superblock;

/** Puts together the statistics of a running store. */
final class Snapshot {
    private Snapshot() {}

    static CacheStatistics of(Engine engine, Superblock.Layout layout, Background background) {
        BlockGeometry geometry = engine.disk.geometry();
        long indexBytes = engine.indexBudget.bytes();
        return new CacheStatistics(
                layout.size(),
                layout.dataBytes() + indexBytes,
                geometry.blockBytes(),
                geometry.sectorBytes(),
                new CacheStatistics.Index(indexBytes, engine.index.store().memoryBytes(), engine.index.lookups()),
                engine.health.health(),
                engine.health.reason(),
                background.isRecovering(),
                slots(engine),
                fills(engine),
                cull(engine),
                errors(engine.counters),
                engine.disk.marks().holds(),
                engine.cookies.used());
    }

    private static CacheStatistics.Slots slots(Engine engine) {
        SlotTable slots = engine.disk.slots();
        long[] pinnedAndHeld = slots.marks().pinnedAndHeld();
        int free = slots.free();
        int split = slots.split();
        return new CacheStatistics.Slots(
                slots.slots(),
                slots.slots() - free - split,
                split,
                free,
                pinnedAndHeld[0],
                pinnedAndHeld[1],
                slots.publishedSectors() * engine.disk.geometry().sectorBytes());
    }

    private static CacheStatistics.Fills fills(Engine engine) {
        Counters counters = engine.counters;
        return new CacheStatistics.Fills(
                counters.filledBytes.sum(), engine.fills.pendingBytes(), counters.droppedBytes.sum());
    }

    private static CacheStatistics.Cull cull(Engine engine) {
        Counters counters = engine.counters;
        return new CacheStatistics.Cull(
                counters.cullRuns.sum(),
                counters.culledSlots.sum(),
                counters.skippedSlots.sum(),
                counters.flushedSlots.sum(),
                engine.disk.slots().longestExhaustedNanos());
    }

    private static CacheStatistics.Errors errors(Counters counters) {
        return new CacheStatistics.Errors(
                counters.checksumErrors.sum(), counters.indexErrors.sum(), counters.ioErrors.sum());
    }
}
