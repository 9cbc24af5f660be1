package org.netcachefs.store.internal.engine;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.netcachefs.store.internal.data.Bits;
import org.netcachefs.store.internal.index.BlockRow;
import org.netcachefs.store.internal.index.Piece;

/** Where 64 successive blocks of a file lie: 12 bytes a block, more for blocks in pieces. Guarded by its cookie's state. */
final class Chunk {
    static final int BLOCKS = 64;
    private static final int NOWHERE = -1;
    private static final int IN_PIECES = -2;
    private static final int WORDS = 3;

    final CookieState owner;
    final long number;
    private long[] present = new long[1];
    /** A slot in which the block lies at its own sectors, or one of the above. */
    private int[] slots = {NOWHERE};
    /** Per block slot, block mask, slot mask of each piece. */
    private long @Nullable [] @Nullable [] pieces;

    /** Recency: set under the cookie's lock, taken away under {@link MapBudget}'s; lossy, so that no hit pays for a fence. */
    boolean used = true;

    Chunk(CookieState owner, long number) {
        this.owner = owner;
        this.number = number;
    }

    static long numberOf(long block) {
        return block / BLOCKS;
    }

    static int indexOf(long block) {
        return (int) (block % BLOCKS);
    }

    long present(int index) {
        return index < present.length ? present[index] : 0;
    }

    void set(int index, BlockRow row) {
        if (index >= present.length) {
            if (row.isEmpty()) {
                return;
            }
            grow(Math.min(BLOCKS, Math.max(index + 1, present.length * 2)));
        }
        present[index] = row.present();
        List<Piece> all = row.pieces();
        if (all.isEmpty()) {
            place(index, NOWHERE, null);
        } else if (all.size() == 1 && all.get(0).blockMask() == all.get(0).slotMask()) {
            place(index, all.get(0).slot(), null);
        } else {
            place(index, IN_PIECES, words(all));
        }
    }

    private void grow(int length) {
        int old = slots.length;
        present = Arrays.copyOf(present, length);
        slots = Arrays.copyOf(slots, length);
        Arrays.fill(slots, old, length, NOWHERE);
        if (pieces != null) {
            pieces = Arrays.copyOf(pieces, length);
        }
    }

    private void place(int index, int slot, long @Nullable [] words) {
        slots[index] = slot;
        if (words != null && pieces == null) {
            pieces = new long[slots.length][];
        }
        if (pieces != null) {
            pieces[index] = words;
        }
    }

    private static long[] words(List<Piece> all) {
        long[] words = new long[all.size() * WORDS];
        int at = 0;
        for (Piece piece : all) {
            words[at++] = piece.slot();
            words[at++] = piece.blockMask();
            words[at++] = piece.slotMask();
        }
        return words;
    }

    /** The place of a sector that is present, and how many sectors follow it in file and slot alike: see {@link Located}. */
    long locate(int index, int sector) {
        int slot = slots[index];
        if (slot != IN_PIECES || pieces == null) {
            return Located.at(slot, sector, Bits.runFrom(present[index], sector));
        }
        long[] words = pieces[index];
        for (int at = 0; words != null && at < words.length; at += WORDS) {
            if ((words[at + 1] & (1L << sector)) != 0) {
                return inPiece((int) words[at], words[at + 1], words[at + 2], sector);
            }
        }
        return Located.HOLE;
    }

    private static long inPiece(int slot, long blockMask, long slotMask, int sector) {
        int slotSector = Piece.slotSectorOf(blockMask, slotMask, sector);
        int run = Math.min(Bits.runFrom(blockMask, sector), Bits.runFrom(slotMask, slotSector));
        return Located.at(slot, slotSector, run);
    }

    /** What it takes of the heap, about. */
    int bytes() {
        int bytes = 96 + present.length * 12;
        if (pieces != null) {
            bytes += 16 + 4 * pieces.length;
            for (long @Nullable [] words : pieces) {
                bytes += words == null ? 0 : 16 + 8 * words.length;
            }
        }
        return bytes;
    }
}
