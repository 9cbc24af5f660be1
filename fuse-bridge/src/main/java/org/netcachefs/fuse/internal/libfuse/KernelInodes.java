package org.netcachefs.fuse.internal.libfuse;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** By which inodes of the kernel a node is open: libfuse gives it one for each name of the file. Thread-safe. */
final class KernelInodes {
    @GuardedBy("this")
    private final Map<Long, Open> nodes = new HashMap<>();

    private static final class Open {
        private final Set<Long> inodes = new HashSet<>(2);
        private int handles;
    }

    /** Of a file that was just made the inode is not known yet. */
    synchronized void made(long node) {
        nodes.computeIfAbsent(node, n -> new Open()).handles++;
    }

    synchronized void opened(long node, long inode) {
        made(node);
        learnt(node, inode);
    }

    /** A request about an open handle of {@code node} came by this inode. */
    synchronized void learnt(long node, long inode) {
        Open open = nodes.get(node);
        if (open != null) {
            open.inodes.add(inode);
        }
    }

    synchronized void released(long node) {
        nodes.computeIfPresent(node, (n, open) -> --open.handles == 0 ? null : open);
    }

    /** Those known; none of a node that is not open. */
    synchronized List<Long> of(long node) {
        Open open = nodes.get(node);
        return open == null ? List.of() : List.copyOf(open.inodes);
    }
}
