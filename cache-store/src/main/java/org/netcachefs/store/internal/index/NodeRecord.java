package org.netcachefs.store.internal.index;

import java.util.Arrays;
import org.netcachefs.store.Volume.NodeRow;

/**
 * A node's row as the index keeps it: with its volume, the last flush epoch of the tree below it (0: never flushed), and
 * whether its name still leads to it.
 */
public record NodeRecord(long volume, NodeRow row, long flushEpoch, boolean listed) {
    public NodeRecord withFlushEpoch(long epoch) {
        return new NodeRecord(volume, row, epoch, listed);
    }

    public NodeRecord unlisted() {
        return new NodeRecord(volume, row, flushEpoch, false);
    }

    public boolean isSeenAs(long parent, byte[] name) {
        return listed && row.parent() == parent && Arrays.equals(row.name(), name);
    }
}
