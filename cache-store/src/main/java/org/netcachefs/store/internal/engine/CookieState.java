package org.netcachefs.store.internal.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.netcachefs.store.BlockGeometry;
import org.netcachefs.store.ByteRange;
import org.netcachefs.store.CoherencyData;
import org.netcachefs.store.Extent;
import org.netcachefs.store.internal.data.GuardLog;
import org.netcachefs.store.internal.data.SlotMarks;
import org.netcachefs.store.internal.index.BlockRow;
import org.netcachefs.store.internal.index.CookieRow;

/**
 * What is in memory of an open cookie: its id, coherency, counters and block map. Thread-safe; no method does I/O or waits
 * for anything but this object's short lock.
 */
final class CookieState {
    private final BlockGeometry geometry;
    private final SlotMarks marks;
    private final MapBudget budget;
    private final Versions versions;
    private volatile long version;
    private volatile long guard;
    private volatile CookieRow row;

    @GuardedBy("this")
    private final GuardLog guards = new GuardLog();

    @GuardedBy("this")
    private final LongTable<Chunk> chunks = new LongTable<>();

    /** Sectors filled unsettled since the last drop, by block. */
    @GuardedBy("this")
    private final LongTable<long[]> unsettled = new LongTable<>();

    @GuardedBy("this")
    private boolean unsettledBegun;

    /** Moves with each change of a block's row: a chunk read before it is not taken. */
    @GuardedBy("this")
    private long edits;

    /** All that is cached is mapped: blocks without a chunk are holes. */
    @GuardedBy("this")
    private boolean complete;

    /** Rows being changed of which the map already knows less: nothing is mapped meanwhile. */
    @GuardedBy("this")
    private int barred;

    /** {@code empty}: the id is new, the index has nothing of it. */
    CookieState(Disk disk, MapBudget budget, Versions versions, CookieRow row, boolean empty) {
        complete = empty;
        geometry = disk.geometry();
        marks = disk.marks();
        this.budget = budget;
        this.versions = versions;
        this.row = row;
        version = versions.of(row.id());
        guard = versions.newGuard();
        guards.moved(guard);
    }

    // ---- identity and counters

    BlockGeometry geometry() {
        return geometry;
    }

    CookieRow row() {
        return row;
    }

    long id() {
        return row.id();
    }

    long version() {
        return version;
    }

    long guard() {
        return guard;
    }

    /** The first byte that does not count. */
    long end() {
        CookieRow now = row;
        return Math.min(now.coherency().size(), now.validEnd());
    }

    /** Whether what was begun under a guard may still be published for these bytes. */
    synchronized boolean accepts(long ticketGuard, long id, ByteRange range) {
        return row.id() == id && guards.stands(ticketGuard, range);
    }

    @GuardedBy("this")
    private void moveGuard() {
        guards.moved(versions.newGuard());
        guard = guards.guard();
    }

    @GuardedBy("this")
    private void moveGuard(ByteRange range) {
        guards.moved(versions.newGuard(), range);
        guard = guards.guard();
    }

    /** The content reaches up to here now, which is written with the next {@link #note}. */
    synchronized void grow(long size) {
        CoherencyData now = row.coherency();
        if (size > now.size()) {
            note(now.withSize(size));
        }
    }

    synchronized void note(CoherencyData current) {
        row = new CookieRow(row.id(), current, row.validEnd(), row.stamp(), row.pinned());
    }

    synchronized void pin(boolean on) {
        row = new CookieRow(row.id(), row.coherency(), row.validEnd(), row.stamp(), on);
    }

    synchronized void limit(long validEnd) {
        moveGuard();
        row = new CookieRow(row.id(), row.coherency(), validEnd, row.stamp(), row.pinned());
    }

    synchronized void unlimit(long ticketGuard) {
        if (guard == ticketGuard) {
            row = new CookieRow(row.id(), row.coherency(), Long.MAX_VALUE, row.stamp(), row.pinned());
        }
    }

    /** All becomes a hole under a new id; what the file is stays as it was said to be if {@code current} is null. Returns the row it had. */
    synchronized CookieRow renew(long id, @Nullable CoherencyData current, long stamp) {
        CookieRow old = row;
        versions.forget(old.id());
        version = id == 0 ? versions.move(0) : versions.of(id);
        moveGuard();
        edits++;
        clearMap();
        complete = true;
        unsettled.clear();
        CoherencyData now = current == null ? old.coherency() : current;
        row = new CookieRow(id, now, Long.MAX_VALUE, stamp, old.pinned());
        return old;
    }

    @GuardedBy("this")
    private void clearMap() {
        for (long number : chunks.keys()) {
            remove(number);
        }
    }

    @GuardedBy("this")
    private void remove(long number) {
        complete = false;
        Chunk chunk = chunks.get(number);
        if (chunk != null) {
            chunks.remove(number);
            budget.removed(chunk);
        }
    }

    synchronized void close() {
        moveGuard();
        forget();
    }

    /** Nothing is mapped any more. */
    synchronized void forget() {
        edits++;
        clearMap();
    }

    // ---- the block map

    synchronized boolean isMapped(ByteRange range) {
        if (range.isEmpty() || complete) {
            return true;
        }
        long last = Chunk.numberOf(geometry.blockOf(range.end() - 1));
        for (long number = Chunk.numberOf(geometry.blockOf(range.start())); number <= last; number++) {
            if (chunks.get(number) == null) {
                return false;
            }
        }
        return true;
    }

    /** The first block of {@code range} that is not mapped; its last if all are. */
    synchronized long firstUnmapped(ByteRange range) {
        long last = geometry.blockOf(Math.max(range.start(), range.end() - 1));
        long block = geometry.blockOf(range.start());
        while (block < last && isMapped(block)) {
            block = Math.min(last, (Chunk.numberOf(block) + 1) * Chunk.BLOCKS);
        }
        return block;
    }

    synchronized boolean isMapped(long block) {
        return complete || chunks.get(Chunk.numberOf(block)) != null;
    }

    /** Taken before rows are read for {@link #map}. */
    synchronized long edits() {
        return edits;
    }

    /** An empty chunk to be filled with rows and given to {@link #map}. */
    Chunk newChunk(long number) {
        return new Chunk(this, number);
    }

    /** Takes a chunk whose rows were read since {@code editsThen}; false if they may be old. */
    synchronized boolean map(Chunk chunk, long editsThen) {
        if (edits != editsThen || barred > 0) {
            return false;
        }
        if (chunks.get(chunk.number) == null) {
            chunks.put(chunk.number, chunk);
            budget.added(chunk);
        }
        return true;
    }

    synchronized boolean isBarred() {
        return barred > 0;
    }

    synchronized void drop(Chunk chunk) {
        if (chunks.get(chunk.number) == chunk) {
            remove(chunk.number);
        }
    }

    /** The row of a block was changed, under its lock; {@code visible} is what of it may be served with these sectors known. */
    synchronized void edited(long id, long block, LongFunction<BlockRow> visible) {
        if (row.id() != id) {
            return;
        }
        edits++;
        set(block, visible.apply(unsettled(block)));
    }

    @GuardedBy("this")
    private void set(long block, BlockRow visible) {
        Chunk chunk = chunks.get(Chunk.numberOf(block));
        if (chunk == null && complete && !visible.isEmpty()) {
            chunk = new Chunk(this, Chunk.numberOf(block));
            chunk.set(Chunk.indexOf(block), visible);
            chunks.put(chunk.number, chunk);
            budget.added(chunk);
        } else if (chunk != null) {
            int before = chunk.bytes();
            chunk.set(Chunk.indexOf(block), visible);
            budget.grown(chunk.bytes() - before);
        }
    }

    /** What is being written: fills of it that have begun are void. Before and after. */
    synchronized void wrote(ByteRange range) {
        moveGuard(range);
    }

    /** Chunks of these blocks are forgotten, and none is mapped until {@link #unbar}: their rows are about to change. */
    synchronized void bar(long firstBlock, long lastBlock) {
        edits++;
        barred++;
        complete = false;
        for (long number : chunks.keys()) {
            if (number >= Chunk.numberOf(firstBlock) && number <= Chunk.numberOf(lastBlock)) {
                remove(number);
            }
        }
    }

    synchronized void unbar() {
        edits++;
        barred--;
    }

    /** What is present of the mapped blocks from {@code from} on, as long as it is the same; null if unmapped. */
    synchronized @Nullable Extent extent(ByteRange rest) {
        long end = Math.min(end(), rest.end());
        if (rest.start() >= end) {
            return new Extent(rest, false);
        }
        long position = rest.start();
        boolean cached = false;
        while (position < end) {
            long block = geometry.blockOf(position);
            Chunk chunk = chunks.get(Chunk.numberOf(block));
            if (chunk == null && !complete) {
                return null;
            }
            if (chunk == null) {
                if (position > rest.start() && cached) {
                    break;
                }
                position = nextChunk(Chunk.numberOf(block), end);
                continue;
            }
            long present = chunk.present(Chunk.indexOf(block));
            int sector = geometry.sectorOf(position);
            boolean here = (present & (1L << sector)) != 0;
            if (position == rest.start()) {
                cached = here;
            } else if (here != cached) {
                break;
            }
            position = geometry.runEnd(block, here ? present : ~present, sector);
        }
        long until = cached ? Math.min(position, end) : (position >= end ? rest.end() : position);
        return new Extent(rest.until(until), cached);
    }

    /** Where the first chunk behind {@code number} begins, at most {@code end}; all are mapped. */
    @GuardedBy("this")
    private long nextChunk(long number, long end) {
        long next = end;
        for (long other : chunks.keys()) {
            if (other > number) {
                next = Math.min(next, geometry.blockStart(other * Chunk.BLOCKS));
            }
        }
        return next;
    }

    /** Whether nothing of a range of whole sectors is present, as far as it is mapped. */
    synchronized boolean isHole(ByteRange range) {
        for (ByteRange rest = range; !rest.isEmpty(); ) {
            long block = geometry.blockOf(rest.start());
            Chunk chunk = chunks.get(Chunk.numberOf(block));
            boolean hole = chunk == null
                    ? complete
                    : (chunk.present(Chunk.indexOf(block)) & geometry.sectorMask(block, rest)) == 0;
            if (!hole) {
                return false;
            }
            rest = rest.from(geometry.blockStart(block + 1));
        }
        return true;
    }

    /** Locates a byte and holds its slot, if the cookie is still as {@code guardThen} knew it. */
    synchronized long hold(long position, long guardThen) {
        if (guard != guardThen) {
            return Located.HOLE;
        }
        long block = geometry.blockOf(position);
        Chunk chunk = chunks.get(Chunk.numberOf(block));
        if (chunk == null) {
            return complete ? Located.HOLE : Located.UNMAPPED;
        }
        int sector = geometry.sectorOf(position);
        int index = Chunk.indexOf(block);
        if ((chunk.present(index) & (1L << sector)) == 0) {
            return Located.HOLE;
        }
        chunk.used = true;
        long located = chunk.locate(index, sector);
        if (located >= 0) {
            marks.hold(Located.slot(located));
        }
        return located;
    }

    // ---- unsettled fills

    /** The guard of a fill that begins; in one step with the note that an unsettled one did. */
    synchronized long beginFill(boolean settled) {
        unsettledBegun |= !settled;
        return guard;
    }

    synchronized long unsettled(long block) {
        long[] mask = unsettled.get(block);
        return mask == null ? 0 : mask[0];
    }

    /**
     * These sectors' row was written; false if they are unsettled and the guard moved since the publication was checked:
     * then they stay unseen.
     */
    synchronized boolean noteFilled(Publication published, long sectors) {
        long[] mask = unsettled.get(published.block());
        if (published.settled()) {
            if (mask != null) {
                mask[0] &= ~sectors;
            }
            return true;
        }
        if (!published.stands()) {
            return false;
        }
        edits++; // a row read before is not to be judged by what is known now
        if (mask == null) {
            unsettled.put(published.block(), new long[] {sectors});
        } else {
            mask[0] |= sectors;
        }
        return true;
    }

    /** The blocks with unsettled fills, which are no longer to be seen; fills begun unsettled are void. */
    synchronized long[] dropUnsettled() {
        if (!unsettledBegun) {
            return new long[0];
        }
        unsettledBegun = false;
        version = versions.move(row.id());
        moveGuard();
        edits++;
        long[] blocks = unsettled.keys();
        unsettled.clear();
        for (long block : blocks) {
            remove(Chunk.numberOf(block));
        }
        return blocks;
    }
}
