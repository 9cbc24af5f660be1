package org.netcachefs.store.memory;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.netcachefs.store.BlockGeometry;
import org.netcachefs.store.CacheStatistics;
import org.netcachefs.store.Watermarks;

/** Who has the slots, least recently used first, and what came of culling. Used under the cache's lock. */
final class Space {
    // Constant
    private final BlockGeometry geometry;
    private final long total;
    private final Watermarks marks;

    // Mutable
    private final Map<Block, Block> blocks = new LinkedHashMap<>(16, 0.75f, true);
    private long sectors;
    private boolean culling;
    private boolean fruitless;
    private long runs;
    private long culled;
    private long skipped;
    private long flushed;
    private long exhaustedSince;
    private boolean exhausted;
    private long longestExhausted;

    Space(BlockGeometry geometry, long capacityBytes, Watermarks marks) {
        this.geometry = geometry;
        this.total = geometry.blockOf(capacityBytes);
        this.marks = marks;
    }

    long free() {
        return total - blocks.size();
    }

    /** Whether a slot may be given out; when not, the time until one may is counted. */
    boolean hasSlot() {
        boolean has = free() > 0 && free() * 100 >= total * marks.stop();
        if (!has && !exhausted) {
            exhausted = true;
            exhaustedSince = System.nanoTime();
        } else if (has) {
            endExhaustion();
        }
        return has;
    }

    private void endExhaustion() {
        if (exhausted) {
            exhausted = false;
            longestExhausted = Math.max(longestExhausted, System.nanoTime() - exhaustedSince);
        }
    }

    void take(Block block) {
        blocks.put(block, block);
        fruitless = false;
    }

    void give(Block block) {
        blocks.remove(block);
        if (free() * 100 >= total * marks.stop()) {
            endExhaustion();
        }
    }

    void touch(Block block) {
        blocks.get(block);
    }

    void addSectors(long count) {
        sectors += count;
    }

    void addFlushed(long slots) {
        flushed += slots;
    }

    /** Something may be freed again that could not be before. */
    void reconsider() {
        fruitless = false;
    }

    /** Whether slots are to be freed now, and there is hope to. */
    boolean isCullDue() {
        if (free() * 100 < total * marks.cull()) {
            culling = true;
        } else if (free() * 100 > total * marks.run()) {
            culling = false;
        }
        return culling && !fruitless;
    }

    /** Frees at most {@code slots} slots that are not pinned, above the run mark at the latest. */
    int cull(int slots) {
        int freed = 0;
        Iterator<Block> oldest = List.copyOf(blocks.keySet()).iterator();
        while (freed < slots && isCullDue() && oldest.hasNext()) {
            Block block = oldest.next();
            if (block.owner.isPinned()) {
                skipped++;
            } else {
                block.owner.drop(block);
                freed++;
            }
        }
        runs++;
        culled += freed;
        fruitless = freed == 0;
        return freed;
    }

    CacheStatistics.Slots slots() {
        long pinned = blocks.keySet().stream().filter(b -> b.owner.isPinned()).count();
        return new CacheStatistics.Slots(total, blocks.size(), 0, free(), pinned, 0, sectors * geometry.sectorBytes());
    }

    CacheStatistics.Cull cullCounters() {
        long now = exhausted ? System.nanoTime() - exhaustedSince : 0;
        return new CacheStatistics.Cull(runs, culled, skipped, flushed, Math.max(longestExhausted, now));
    }
}
