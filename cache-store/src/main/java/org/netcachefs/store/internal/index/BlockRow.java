package org.netcachefs.store.internal.index;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.netcachefs.store.internal.data.Place;

/** Where the sectors of one block lie: pieces that share no sector of the block. Immutable. */
public record BlockRow(List<Piece> pieces) {
    public static final BlockRow EMPTY = new BlockRow(List.of());

    public boolean isEmpty() {
        return pieces.isEmpty();
    }

    /** A bit for each sector recorded. */
    public long present() {
        long mask = 0;
        for (Piece piece : pieces) {
            mask |= piece.blockMask();
        }
        return mask;
    }

    /** The row with {@code fresh} pieces in place of what it has of their sectors. */
    public BlockRow with(List<Piece> fresh) {
        BlockRow rest = without(new BlockRow(fresh).present());
        List<Piece> all = new ArrayList<>(rest.pieces);
        all.addAll(fresh);
        return new BlockRow(List.copyOf(all));
    }

    public BlockRow without(long sectors) {
        List<Piece> left = new ArrayList<>(pieces.size());
        for (Piece piece : pieces) {
            Piece rest = piece.without(sectors);
            if (rest != null) {
                left.add(rest);
            }
        }
        return new BlockRow(List.copyOf(left));
    }

    public BlockRow only(Predicate<Piece> kept) {
        return new BlockRow(pieces.stream().filter(kept).toList());
    }

    /** The places of this row that {@code other} does not have. */
    public List<Place> placesNotIn(BlockRow other) {
        List<Place> gone = new ArrayList<>();
        for (Piece piece : pieces) {
            long mask = piece.slotMask() & ~other.sectorsIn(piece.slot());
            if (mask != 0) {
                gone.add(new Place(piece.slot(), mask));
            }
        }
        return gone;
    }

    private long sectorsIn(int slot) {
        long mask = 0;
        for (Piece piece : pieces) {
            mask |= piece.slot() == slot ? piece.slotMask() : 0;
        }
        return mask;
    }

    /** Whether these sectors lie in the same place still. */
    public boolean has(Piece piece) {
        return pieces.stream()
                .anyMatch(one -> one.slot() == piece.slot()
                        && one.epoch() == piece.epoch()
                        && one.blockMask() == piece.blockMask()
                        && one.slotMask() == piece.slotMask());
    }

    public Set<Integer> slots() {
        Set<Integer> slots = new HashSet<>();
        pieces.forEach(piece -> slots.add(piece.slot()));
        return slots;
    }

    /** The piece that holds {@code sector}, or null. */
    public @Nullable Piece pieceOf(int sector) {
        for (Piece piece : pieces) {
            if ((piece.blockMask() & (1L << sector)) != 0) {
                return piece;
            }
        }
        return null;
    }
}
