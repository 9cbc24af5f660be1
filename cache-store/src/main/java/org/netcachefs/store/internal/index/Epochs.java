package org.netcachefs.store.internal.index;

import java.util.ArrayList;
import java.util.List;

/**
 * Fill epochs. All records of an epoch up to {@code durable} are of data on the disk; {@code first} is the first epoch of
 * the running session; records in one of the {@code lost} ranges are holes: a power cut came before their data was durable.
 */
public record Epochs(int durable, int first, List<Range> lost) {
    /** Epochs used beyond the durable one: the one being made durable and the next. */
    private static final int AHEAD = 3;

    public static final Epochs NEW = new Epochs(0, 1, List.of());

    /** Both ends included. */
    public record Range(int from, int to) {}

    public boolean isLost(int epoch) {
        for (Range range : lost) {
            if (epoch >= range.from && epoch <= range.to) {
                return true;
            }
        }
        return false;
    }

    public Epochs madeDurable(int epoch) {
        return new Epochs(epoch, first, lost);
    }

    /** Once no record of a lost epoch is left. */
    public Epochs cleared() {
        return new Epochs(durable, first, List.of());
    }

    /** For a session that opens the cache; {@code cut}: the last one ended unclean, and in another boot. */
    public Epochs reopened(boolean cut) {
        int last = Math.max(durable, first) + AHEAD;
        List<Range> ranges = new ArrayList<>(lost);
        if (cut) {
            ranges.add(new Range(durable + 1, last));
        }
        return new Epochs(durable, last + 1, List.copyOf(ranges));
    }
}
