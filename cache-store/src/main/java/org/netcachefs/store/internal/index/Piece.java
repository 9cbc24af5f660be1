package org.netcachefs.store.internal.index;

import org.jspecify.annotations.Nullable;
import org.netcachefs.store.internal.data.Bits;

/**
 * Sectors of one block that lie in one slot: the i-th bit set in {@code blockMask} lies at the i-th bit set in
 * {@code slotMask}, with the i-th of {@code checksums} (CRC32C). {@code epoch}: the fill epoch it was recorded in. Immutable
 * by convention.
 */
public record Piece(int slot, int epoch, boolean unsettled, long blockMask, long slotMask, int[] checksums) {
    /** This piece without the sectors {@code gone} of the block; null when nothing is left. */
    @Nullable
    Piece without(long gone) {
        if ((blockMask & gone) == 0) {
            return this;
        }
        long left = blockMask & ~gone;
        if (left == 0) {
            return null;
        }
        int[] sums = new int[Long.bitCount(left)];
        long slots = 0;
        long blocks = blockMask;
        long places = slotMask;
        int kept = 0;
        for (int i = 0; blocks != 0; i++, blocks &= blocks - 1, places &= places - 1) {
            if ((Long.lowestOneBit(blocks) & left) != 0) {
                slots |= Long.lowestOneBit(places);
                sums[kept++] = checksums[i];
            }
        }
        return new Piece(slot, epoch, unsettled, left, slots, sums);
    }

    /** Where in the slot the sectors {@code sectors} of the block lie. */
    public long slotMaskOf(long sectors) {
        long result = 0;
        for (long rest = blockMask & sectors; rest != 0; rest &= rest - 1) {
            result |= 1L << slotSectorOf(blockMask, slotMask, Long.numberOfTrailingZeros(rest));
        }
        return result;
    }

    /** Where in its slot {@code sector} of the block lies, if pieces of these masks are not there as objects. */
    public static int slotSectorOf(long blockMask, long slotMask, int sector) {
        return blockMask == slotMask ? sector : Bits.select(slotMask, Bits.rank(blockMask, sector));
    }

    /** The checksum of a sector of the block that this piece holds. */
    public int checksum(int sector) {
        return checksums[Bits.rank(blockMask, sector)];
    }
}
