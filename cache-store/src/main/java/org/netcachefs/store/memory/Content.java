package org.netcachefs.store.memory;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.netcachefs.store.BlockGeometry;
import org.netcachefs.store.ByteRange;
import org.netcachefs.store.CoherencyData;
import org.netcachefs.store.Cookie.FillTicket;
import org.netcachefs.store.Extent;
import org.netcachefs.store.internal.data.GuardLog;

/**
 * What is cached of one file. Used under the cache's lock. Version and fill guard take their values from one counter of the
 * cache, so that no two states of a file ever share one.
 */
final class Content {
    // Dependencies
    private final BlockGeometry geometry;
    private final Space space;
    private final AtomicLong moves;

    // Mutable
    private final NavigableMap<Long, Block> blocks = new TreeMap<>();
    private CoherencyData coherency;
    private long version;
    private final GuardLog guards = new GuardLog();
    private boolean pinned;
    private boolean unsettledBegun;

    Content(BlockGeometry geometry, Space space, AtomicLong moves, CoherencyData coherency) {
        this.geometry = geometry;
        this.space = space;
        this.moves = moves;
        this.coherency = coherency;
        moveVersion();
    }

    CoherencyData coherency() {
        return coherency;
    }

    long version() {
        return version;
    }

    long guard() {
        return guards.guard();
    }

    boolean isPinned() {
        return pinned;
    }

    void pin(boolean on) {
        pinned = on;
        space.reconsider();
    }

    void note(CoherencyData current) {
        coherency = current;
    }

    void grow(long size) {
        if (size > coherency.size()) {
            coherency = coherency.withSize(size);
        }
    }

    /** The guard under which a fill begins; an unsettled one is remembered for {@link #dropUnsettled}. */
    long beginFill(boolean settled) {
        unsettledBegun |= !settled;
        return guards.guard();
    }

    Extent nextExtent(ByteRange rest) {
        long cachedEnd = cachedEnd(rest);
        if (cachedEnd > rest.start()) {
            return new Extent(ByteRange.between(rest.start(), cachedEnd), true);
        }
        return new Extent(ByteRange.between(rest.start(), holeEnd(rest)), false);
    }

    boolean isCached(ByteRange range) {
        return cachedEnd(range) >= range.end();
    }

    /** The end of what is present from the start of {@code range} on; its start when nothing is. */
    private long cachedEnd(ByteRange range) {
        long end = Math.min(range.end(), coherency.size());
        long at = range.start();
        while (at < end) {
            Block block = blocks.get(geometry.blockOf(at));
            int valid = block == null ? 0 : block.validBytes(geometry.sectorOf(at));
            long validEnd = sectorStart(at) + valid;
            if (validEnd <= at) {
                return at;
            }
            at = validEnd;
        }
        return Math.max(range.start(), Math.min(at, end));
    }

    /** The start of the first published sector behind the start of {@code range}, or its end. */
    private long holeEnd(ByteRange range) {
        long end = Math.min(range.end(), coherency.size());
        long at = sectorStart(range.start()) + geometry.sectorBytes();
        while (at < end) {
            Map.Entry<Long, Block> next = blocks.ceilingEntry(geometry.blockOf(at));
            if (next == null) {
                return range.end();
            }
            at = Math.max(at, geometry.blockStart(next.getKey()));
            if (at < end && next.getValue().isPublished(geometry.sectorOf(at))) {
                return at;
            }
            at += geometry.sectorBytes();
        }
        return range.end();
    }

    /** Copies a range that is wholly cached. */
    void copy(ByteRange range, ByteBuffer to) {
        long at = range.start();
        while (at < range.end()) {
            Block block = blocks.get(geometry.blockOf(at));
            if (block == null) {
                throw new IllegalStateException(range + " is not cached");
            }
            space.touch(block);
            int from = (int) (at - sectorStart(at));
            byte[] bytes = block.bytes(geometry.sectorOf(at));
            int length = (int) Math.min(bytes.length - from, range.end() - at);
            to.put(bytes, from, length);
            at += length;
        }
    }

    /**
     * Publishes what {@code fill} brings for {@code block}; false when that needs a slot and none is given out. Of a sector
     * brought in part only the file's last one counts.
     */
    boolean publish(Fill fill, long number) {
        Block block = blocks.get(number);
        if (block == null && !space.hasSlot()) {
            return false;
        }
        Block target = block == null ? new Block(this, number) : block;
        int before = target.sectorCount();
        for (int sector = 0; sector < BlockGeometry.SECTORS; sector++) {
            publish(fill, target, sector);
        }
        space.addSectors(target.sectorCount() - before);
        if (block == null && !target.isEmpty()) {
            blocks.put(number, target);
            space.take(target);
        }
        return true;
    }

    private void publish(Fill fill, Block block, int sector) {
        long start = geometry.blockStart(block.number) + (long) sector * geometry.sectorBytes();
        long end =
                Math.min(Math.min(start + geometry.sectorBytes(), fill.range().end()), coherency.size());
        boolean whole = end == start + geometry.sectorBytes() || end == coherency.size();
        int length = (int) (end - start);
        if (start >= fill.range().start()
                && length > 0
                && whole
                && block.wants(sector, length, fill.ticket().settled())) {
            block.publish(sector, fill.copy(start, length), fill.ticket().settled());
        }
    }

    void drop(Block block) {
        blocks.remove(block.number);
        space.addSectors(-block.sectorCount());
        space.give(block);
    }

    /** Everything becomes a hole; returns how many slots that freed. */
    int dropAll() {
        List<Block> all = List.copyOf(blocks.values());
        all.forEach(this::drop);
        moveVersion();
        return all.size();
    }

    void invalidate(CoherencyData current) {
        dropAll();
        coherency = current;
    }

    void dropUnsettled() {
        if (!unsettledBegun) {
            return;
        }
        unsettledBegun = false;
        moveVersion();
        change(List.copyOf(blocks.values()), Block::unpublishUnsettled);
    }

    void unpublish(ByteRange range) {
        guards.moved(moves.incrementAndGet(), geometry.sectorsAround(range));
        change(blocksFrom(range.start(), range.end()), b -> b.unpublish(geometry.sectorMask(b.number, range)));
    }

    void truncate(long size) {
        moveGuard();
        change(blocksFrom(size, Long.MAX_VALUE), b -> cut(b, size));
    }

    private void cut(Block block, long size) {
        for (int sector = 0; sector < BlockGeometry.SECTORS; sector++) {
            long start = geometry.blockStart(block.number) + (long) sector * geometry.sectorBytes();
            if (start >= size) {
                block.unpublish(1L << sector);
            } else if (size - start < geometry.sectorBytes()) {
                block.cut(sector, (int) (size - start));
            }
        }
    }

    private List<Block> blocksFrom(long start, long end) {
        return new ArrayList<>(blocks.subMap(geometry.blockOf(start), true, geometry.blockOf(end), true)
                .values());
    }

    private void change(List<Block> some, Consumer<Block> change) {
        for (Block block : some) {
            int before = block.sectorCount();
            change.accept(block);
            space.addSectors(block.sectorCount() - before);
            if (block.isEmpty()) {
                drop(block);
            }
        }
    }

    long cachedBytes() {
        long bytes = 0;
        for (Block block : blocks.values()) {
            long start = geometry.blockStart(block.number);
            for (int sector = 0; sector < BlockGeometry.SECTORS; sector++) {
                long room = coherency.size() - start - (long) sector * geometry.sectorBytes();
                bytes += Math.max(0, Math.min(block.validBytes(sector), room));
            }
        }
        return bytes;
    }

    boolean isEmpty() {
        return blocks.isEmpty();
    }

    private void moveGuard() {
        guards.moved(moves.incrementAndGet());
    }

    private void moveVersion() {
        moveGuard();
        version = guards.guard();
    }

    private long sectorStart(long offset) {
        return geometry.sectorsAround(new ByteRange(offset, 1)).start();
    }

    /** Whether fills of this range begun as {@code ticket} says may still be published. */
    boolean holds(FillTicket ticket, ByteRange range) {
        return guards.stands(ticket.guard(), range);
    }
}
