package org.netcachefs.store.internal.engine;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.netcachefs.store.BlockGeometry;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.internal.data.Errnos;
import org.netcachefs.store.internal.data.Native;
import org.netcachefs.store.internal.data.Place;
import org.netcachefs.store.internal.index.BlockRow;
import org.netcachefs.store.internal.index.Index;
import org.netcachefs.store.internal.index.Piece;

/** Compares sectors with their checksums, until they have been found right once since they are durable. Thread-safe. */
final class Verifier {
    private final Disk disk;
    private final Index index;
    private final EpochKeeper epochs;
    private final Failures failures;

    Verifier(Disk disk, Index index, EpochKeeper epochs, Failures failures) {
        this.epochs = epochs;
        this.disk = disk;
        this.index = index;
        this.failures = failures;
    }

    /** Sectors of a block that lie one after the other in a slot that is held. */
    record Run(long id, long block, int sector, int slot, int slotSector, int length) {
        Place place() {
            return new Place(slot, BlockGeometry.sectorMask(slotSector, slotSector + length - 1));
        }

        /** Those that lie here by {@code row}: the others were moved or dropped meanwhile. */
        long sectorsIn(BlockRow row) {
            long mask = 0;
            for (int i = 0; i < length; i++) {
                Piece piece = row.pieceOf(sector + i);
                mask |= piece != null && hasAt(i, piece) ? BlockGeometry.sectorMask(sector + i, sector + i) : 0;
            }
            return mask;
        }

        private boolean hasAt(int i, Piece piece) {
            return piece.slot() == slot
                    && Piece.slotSectorOf(piece.blockMask(), piece.slotMask(), sector + i) == slotSector + i;
        }
    }

    /** What came of it. */
    enum Verdict {
        RIGHT,
        WRONG,
        /** The sectors were moved or dropped meanwhile. */
        ELSEWHERE,
        NOT_IN_MEMORY,
        UNREADABLE
    }

    /** Compares. {@code scratch} holds a block; {@code wait}: whether it may wait for a disk. */
    Verdict verify(Run run, ByteBuffer scratch, boolean wait) {
        int bytes = run.length * disk.geometry().sectorBytes();
        long position = disk.position(run.slot, run.slotSector);
        int moved = wait
                ? disk.data().read(position, Native.address(scratch), bytes)
                : disk.data().readCached(position, Native.address(scratch), bytes);
        if (moved != bytes) {
            if (!wait && (moved >= 0 || moved == -Native.EAGAIN || moved == -Native.EOPNOTSUPP)) {
                return Verdict.NOT_IN_MEMORY;
            }
            failures.failed(failure(moved));
            return Verdict.UNREADABLE;
        }
        try {
            BlockRow row = wait ? index.block(run.id, run.block) : index.blockInMemory(run.id, run.block);
            return compare(run, row, scratch);
        } catch (CacheException e) {
            if (e.reason() == CacheException.Reason.TIMEOUT && !wait) {
                return Verdict.NOT_IN_MEMORY;
            }
            failures.failed(e);
            return Verdict.UNREADABLE;
        }
    }

    private Verdict compare(Run run, @Nullable BlockRow row, ByteBuffer scratch) {
        if (row == null) {
            return Verdict.ELSEWHERE;
        }
        int sectorBytes = disk.geometry().sectorBytes();
        CRC32C crc = new CRC32C();
        boolean durable = true;
        for (int i = 0; i < run.length; i++) {
            Piece piece = row.pieceOf(run.sector + i);
            if (piece == null || !run.hasAt(i, piece)) {
                return Verdict.ELSEWHERE; // changed meanwhile
            }
            crc.reset();
            crc.update(scratch.duplicate().position(i * sectorBytes).limit((i + 1) * sectorBytes));
            if ((int) crc.getValue() != piece.checksum(run.sector + i)) {
                return Verdict.WRONG;
            }
            durable &= epochs.isDurable(piece.epoch());
        }
        if (durable) { // else its pages may fail to be written, and come back as what the disk had
            disk.marks().setVerified(run.slot, run.place().mask());
        }
        return Verdict.RIGHT;
    }

    /** Of a read that moved so many bytes, or failed with a negative errno. */
    static CacheException failure(int moved) {
        int errno = moved < 0 ? -moved : Native.EIO;
        return new CacheException(Errnos.reason(errno), "data: cannot read: " + Errnos.text(errno));
    }
}
