package org.netcachefs.store.internal.index;

import java.util.ArrayList;
import java.util.List;

/**
 * Fill epochs. All records of an epoch up to {@code durable} are of data on the disk; {@code first} is the first epoch of
 * the running session; records in one of the {@code lost} ranges are holes: a power cut, or a sync that failed, came before their data
 * was durable.
 */
public record Epochs(int durable, int first, List<Range> lost) {
    /** Epochs used beyond the last one noted, durable or lost: the one being made durable and the next. */
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

    /** All epochs that are not durable are lost, up to {@code last}. */
    public Epochs withLost(int last) {
        List<Range> ranges = new ArrayList<>(lost);
        ranges.removeIf(range -> range.from > durable); // it is within the new one
        ranges.add(new Range(durable + 1, last));
        return new Epochs(durable, first, List.copyOf(ranges));
    }

    /** Once no record of these lost epochs is left. */
    public Epochs without(List<Range> gone) {
        return new Epochs(
                durable,
                first,
                lost.stream().filter(range -> !gone.contains(range)).toList());
    }

    /** For a session that opens the cache; {@code cut}: the last one ended unclean, and in another boot. */
    public Epochs reopened(boolean cut) {
        int used = Math.max(durable, first);
        for (Range range : lost) {
            used = Math.max(used, range.to);
        }
        int last = used + AHEAD;
        List<Range> ranges = cut ? withLost(last).lost : lost;
        return new Epochs(durable, last + 1, ranges);
    }
}
