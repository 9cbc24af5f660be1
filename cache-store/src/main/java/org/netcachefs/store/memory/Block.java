package org.netcachefs.store.memory;

import java.util.Arrays;
import org.netcachefs.store.BlockGeometry;

/**
 * The published sectors of one block of a file, each an array as long as what counts of it: shorter than a sector only
 * where the file ends. Used under the cache's lock.
 */
final class Block {
    private static final byte[] HOLE = new byte[0];

    final Content owner;
    final long number;
    private final byte[][] sectors = new byte[BlockGeometry.SECTORS][];
    private long published;
    private long unsettled;

    Block(Content owner, long number) {
        this.owner = owner;
        this.number = number;
        Arrays.fill(sectors, HOLE);
    }

    int sectorCount() {
        return Long.bitCount(published);
    }

    boolean isEmpty() {
        return published == 0;
    }

    boolean isPublished(int sector) {
        return (published >>> sector & 1) != 0;
    }

    /** How many bytes of the sector count; 0 when it is not published. */
    int validBytes(int sector) {
        return sectors[sector].length;
    }

    byte[] bytes(int sector) {
        return sectors[sector];
    }

    /** Whether bytes of this length and trust would better what is here. */
    boolean wants(int sector, int length, boolean settled) {
        return length > validBytes(sector) || (settled && (unsettled >>> sector & 1) != 0);
    }

    void publish(int sector, byte[] bytes, boolean settled) {
        long bit = 1L << sector;
        sectors[sector] = bytes;
        published |= bit;
        unsettled = settled ? unsettled & ~bit : unsettled | bit;
    }

    /** Makes holes of the sectors whose bits are set. */
    void unpublish(long mask) {
        for (int sector = 0; sector < BlockGeometry.SECTORS; sector++) {
            if ((mask >>> sector & 1) != 0) {
                sectors[sector] = HOLE;
            }
        }
        published &= ~mask;
        unsettled &= ~mask;
    }

    void unpublishUnsettled() {
        unpublish(unsettled);
    }

    /** Only the sector's first {@code bytes} bytes count from now on. */
    void cut(int sector, int bytes) {
        if (bytes < validBytes(sector)) {
            sectors[sector] = Arrays.copyOf(bytes(sector), bytes);
        }
    }
}
