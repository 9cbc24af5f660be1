package org.netcachefs.store.internal.engine;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.netcachefs.store.BlockGeometry;
import org.netcachefs.store.ByteRange;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.internal.data.Bits;
import org.netcachefs.store.internal.data.Errnos;
import org.netcachefs.store.internal.data.Native;
import org.netcachefs.store.internal.data.Place;
import org.netcachefs.store.internal.index.BlockRow;
import org.netcachefs.store.internal.index.Index;
import org.netcachefs.store.internal.index.Piece;

/** Copies fills into the data file and publishes them: data first, record second. Thread-safe; runs on the I/O threads. */
final class Filler {
    private final Disk disk;
    private final Index index;
    private final BlockRecords records;
    private final EpochKeeper epochs;
    private final Counters counters;
    private final ByteBuffer zeros;

    Filler(Disk disk, Index index, BlockRecords records, EpochKeeper epochs, Counters counters) {
        this.counters = counters;
        this.disk = disk;
        this.index = index;
        this.records = records;
        this.epochs = epochs;
        zeros = ByteBuffer.allocateDirect(disk.geometry().sectorBytes());
    }

    /** Part of a block with the bytes for it: {@code bytes} begins at sector {@code first} of the block. */
    private record Part(Fill fill, long block, int first, ByteBuffer bytes) {}

    Fill.Outcome fill(Fill fill, ByteBuffer scratch) throws CacheException {
        BlockGeometry geometry = disk.geometry();
        ByteRange rest = new ByteRange(fill.offset, fill.length());
        while (!rest.isEmpty()) {
            ByteRange here = rest.until(geometry.blockStart(geometry.blockOf(rest.start()) + 1));
            if (fill.cookie.state().accepts(fill.ticket.guard(), fill.id, here) && !fillBlock(fill, here, scratch)) {
                return Fill.Outcome.NO_ROOM;
            }
            rest = rest.from(here.end());
        }
        return Fill.Outcome.DONE;
    }

    /** Part of a block, or all of it; false when there is no room. */
    private boolean fillBlock(Fill fill, ByteRange here, ByteBuffer scratch) throws CacheException {
        if (here.end() > fill.cookie.state().row().validEnd()) {
            fill.cookie.clearPastEnd(fill.ticket.guard());
        }
        BlockGeometry geometry = disk.geometry();
        int from = fill.bytes.position() + (int) (here.start() - fill.offset);
        ByteBuffer bytes = fill.bytes.duplicate().position(from).limit(from + (int) here.length());
        Part part = new Part(fill, geometry.blockOf(here.start()), geometry.sectorOf(here.start()), bytes);
        return fillPart(part, scratch);
    }

    private boolean fillPart(Part part, ByteBuffer scratch) throws CacheException {
        BlockRow row = index.block(part.fill.id, part.block);
        BlockRow visible = row == null
                ? BlockRow.EMPTY
                : records.visible(row, part.fill.cookie.state().unsettled(part.block));
        int sectors = (int) disk.geometry().sectorsFor(part.bytes.remaining());
        long wanted = BlockGeometry.sectorMask(part.first, part.first + sectors - 1);
        BlockRow settled = part.fill.ticket.settled() ? visible.only(piece -> !piece.unsettled()) : visible;
        long missing = wanted & ~settled.present();
        if (missing == 0) {
            return true;
        }
        boolean completes = (missing | settled.present()) == Place.WHOLE && missing != Place.WHOLE;
        if (completes && part.fill.ticket.settled() && completed(part, settled, missing, scratch)) {
            return true;
        }
        return place(part, missing, missing);
    }

    /** Places the sectors {@code missing}, of which {@code fresh} are new to the cache; false when there is no room. */
    private boolean place(Part part, long missing, long fresh) throws CacheException {
        List<Place> places = take(missing);
        if (places.isEmpty()) {
            return false;
        }
        if (publish(part, write(part, missing, places))) {
            counters.filledBytes.add(
                    (long) Long.bitCount(fresh) * disk.geometry().sectorBytes());
        }
        return true;
    }

    private boolean publish(Part part, List<Piece> pieces) throws CacheException {
        Fill fill = part.fill;
        return records.publish(new Publication(fill.cookie, fill.ticket, fill.id, part.block, pieces));
    }

    private List<Place> take(long missing) {
        if (missing != Place.WHOLE) {
            return disk.slots().takeSectors(Long.bitCount(missing));
        }
        int slot = disk.slots().takeWhole();
        return slot < 0 ? List.of() : List.of(new Place(slot, Place.WHOLE));
    }

    /** Writes the data; if that fails the places are given back. */
    private List<Piece> write(Part part, long missing, List<Place> places) throws CacheException {
        boolean written = false;
        try {
            List<Piece> pieces = writePieces(part, missing, places);
            written = true;
            return pieces;
        } finally {
            if (!written) {
                places.forEach(place -> disk.slots().giveBack(place.slot(), place.mask()));
            }
        }
    }

    private List<Piece> writePieces(Part part, long missing, List<Place> places) throws CacheException {
        List<long[]> masks = new ArrayList<>();
        List<int[]> sums = new ArrayList<>();
        long rest = missing;
        int begun = epochs.current();
        for (Place place : places) {
            long blockMask = Bits.lowest(rest, place.sectors());
            rest &= ~blockMask;
            masks.add(new long[] {blockMask});
            sums.add(writePiece(part, blockMask, place));
        }
        int epoch = epochs.currentSince(begun); // after the data
        List<Piece> pieces = new ArrayList<>();
        for (int i = 0; i < places.size(); i++) {
            Place place = places.get(i);
            boolean unsettled = !part.fill.ticket.settled();
            pieces.add(new Piece(place.slot(), epoch, unsettled, masks.get(i)[0], place.mask(), sums.get(i)));
        }
        return pieces;
    }

    private int[] writePiece(Part part, long blockMask, Place place) throws CacheException {
        int[] sums = new int[place.sectors()];
        int sectorBytes = disk.geometry().sectorBytes();
        int done = 0;
        while (done < sums.length) {
            int sector = Bits.select(blockMask, done);
            int slotSector = Bits.select(place.mask(), done);
            int run = Math.min(Bits.runFrom(blockMask, sector), Bits.runFrom(place.mask(), slotSector));
            int from = (sector - part.first) * sectorBytes;
            int bytes = Math.min(run * sectorBytes, part.bytes.remaining() - from);
            long position = disk.position(place.slot(), slotSector);
            long address = Native.address(part.bytes) + part.bytes.position() + from;
            writeFully(position, address, bytes);
            int padding = run * sectorBytes - bytes;
            if (padding > 0) {
                writeFully(position + bytes, Native.address(zeros), padding);
            }
            for (int i = 0; i < run; i++) {
                sums[done + i] = checksum(part.bytes, from + i * sectorBytes);
            }
            done += run;
        }
        return sums;
    }

    private void writeFully(long position, long address, int bytes) throws CacheException {
        int moved = disk.data().write(position, address, bytes);
        if (moved != bytes) {
            int errno = moved < 0 ? -moved : Native.ENOSPC;
            throw new CacheException(Errnos.reason(errno), "data: cannot write: " + Errnos.text(errno));
        }
    }

    /** Of the sector that begins {@code from} bytes after the buffer's position, with zeros behind its end. */
    private int checksum(ByteBuffer bytes, int from) {
        int sectorBytes = disk.geometry().sectorBytes();
        int start = bytes.position() + from;
        int end = Math.min(bytes.limit(), start + sectorBytes);
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate().position(start).limit(end));
        crc.update(zeros.duplicate().limit(sectorBytes - (end - start)));
        return (int) crc.getValue();
    }

    // ---- a block that becomes complete moves to a whole slot

    private boolean completed(Part part, BlockRow present, long missing, ByteBuffer scratch) throws CacheException {
        if (!gather(part, present, missing, scratch)) {
            return false;
        }
        ByteBuffer block = scratch.duplicate().clear().limit(disk.geometry().blockBytes());
        return place(new Part(part.fill, part.block, 0, block), Place.WHOLE, missing);
    }

    /** The whole block in {@code scratch}: what is there, and what this fill brings. False when that fails a checksum. */
    private boolean gather(Part part, BlockRow present, long missing, ByteBuffer scratch) {
        int sectorBytes = disk.geometry().sectorBytes();
        for (Piece piece : present.pieces()) {
            if (!gatherPiece(part, piece, scratch)) {
                return false;
            }
        }
        for (long rest = missing; rest != 0; rest &= rest - 1) {
            int sector = Long.numberOfTrailingZeros(rest);
            int from = part.bytes.position() + (sector - part.first) * sectorBytes;
            int bytes = Math.min(sectorBytes, part.bytes.limit() - from);
            scratch.put(sector * sectorBytes, part.bytes, from, bytes);
            scratch.put(sector * sectorBytes + bytes, zeros, 0, sectorBytes - bytes);
        }
        return true;
    }

    private boolean gatherPiece(Part part, Piece piece, ByteBuffer scratch) {
        int sectorBytes = disk.geometry().sectorBytes();
        disk.marks().hold(piece.slot());
        try {
            BlockRow now = index.block(part.fill.id, part.block);
            if (now == null || !now.has(piece)) {
                return false; // culled meanwhile
            }
            for (long rest = piece.blockMask(); rest != 0; rest &= rest - 1) {
                int sector = Long.numberOfTrailingZeros(rest);
                int slotSector = Piece.slotSectorOf(piece.blockMask(), piece.slotMask(), sector);
                long address = Native.address(scratch) + (long) sector * sectorBytes;
                int moved = disk.data().read(disk.position(piece.slot(), slotSector), address, sectorBytes);
                if (moved != sectorBytes) {
                    return false;
                }
                CRC32C crc = new CRC32C();
                crc.update(scratch.duplicate().position(sector * sectorBytes).limit((sector + 1) * sectorBytes));
                if ((int) crc.getValue() != piece.checksum(sector)) {
                    return false;
                }
            }
            return true;
        } catch (CacheException e) {
            return false;
        } finally {
            disk.marks().release(piece.slot());
        }
    }
}
