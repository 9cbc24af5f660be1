package org.netcachefs.fuse.internal.libfuse;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.HashMap;
import java.util.Map;

/**
 * Which of our nodes the kernel's pages of an inode came from, and which inode's pages a node's last open saw. libfuse gives the
 * kernel one inode per name, whatever file the name leads to: the pages of a file that was since replaced must not be taken for
 * those of the new one, nor those of one name of a file be kept for what was read anew by another. What is open is known
 * exactly; of what is not, as much as is remembered: the rest counts as another. Thread-safe.
 */
final class KernelPages {
    private static final int REMEMBERED = 1 << 15;

    /** What an open may do with the pages of its kernel inode. */
    enum Use {
        /** They are of the same node, whose last open was by this inode too. */
        KEEP,
        /** They are, or may be, of another node, or of a time before the node's last open: drop them. */
        DROP,
        /** They are of another node that is still open: keep off them. */
        NONE
    }

    /** The node that is open by a kernel inode, and how often. */
    private static final class Owner {
        final long node;
        int opens;

        Owner(long node) {
            this.node = node;
        }
    }

    @GuardedBy("this")
    private final Map<Long, Owner> open = new HashMap<>();

    /** The node opened last by a kernel inode. */
    @GuardedBy("this")
    private final Pairs nodes = new Pairs();

    /** The kernel inode a node was opened by last. */
    @GuardedBy("this")
    private final Pairs kernelNodes = new Pairs();

    /** Pairs of numbers, the last ones put of those that share a place. */
    private static final class Pairs {
        private final long[] pairs = new long[2 * REMEMBERED];

        /** Whether it was there already. */
        boolean put(long key, long value) {
            int pair = 2 * (int) (key & (REMEMBERED - 1));
            boolean same = pairs[pair] == key && pairs[pair + 1] == value;
            pairs[pair] = key;
            pairs[pair + 1] = value;
            return same;
        }
    }

    /** Unless NONE is answered, {@link #release} must follow. */
    synchronized Use open(long kernelNode, long node) {
        boolean sameName = kernelNodes.put(node, kernelNode);
        Owner owner = open.computeIfAbsent(kernelNode, k -> new Owner(node));
        if (owner.node != node) {
            return Use.NONE;
        }
        owner.opens++;
        boolean sameNode = nodes.put(kernelNode, node);
        return sameNode && sameName ? Use.KEEP : Use.DROP;
    }

    synchronized void release(long kernelNode) {
        Owner owner = open.get(kernelNode);
        if (owner != null && --owner.opens == 0) {
            open.remove(kernelNode);
        }
    }
}
