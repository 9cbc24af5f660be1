package org.netcachefs.fuse.internal.libfuse;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.HashMap;
import java.util.Map;

/**
 * Which of our nodes the kernel's pages of an inode came from. libfuse gives the kernel one inode per name, whatever file the
 * name leads to: the pages of a file that was since replaced must not be taken for those of the new one. What is open is known
 * exactly; of what is not, as much as is remembered: the rest counts as another node. Thread-safe.
 */
final class KernelPages {
    private static final int REMEMBERED = 1 << 15;

    /** What an open may do with the pages of its kernel inode. */
    enum Use {
        /** They are of the same node. */
        KEEP,
        /** They are, or may be, of another: drop them. */
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

    /** Pairs of kernel inode and the node opened by it last. */
    @GuardedBy("this")
    private final long[] last = new long[2 * REMEMBERED];

    /** Unless NONE is answered, {@link #release} must follow. */
    synchronized Use open(long kernelNode, long node) {
        Owner owner = open.computeIfAbsent(kernelNode, k -> new Owner(node));
        if (owner.node != node) {
            return Use.NONE;
        }
        owner.opens++;
        int pair = 2 * (int) (kernelNode & (REMEMBERED - 1));
        boolean same = last[pair] == kernelNode && last[pair + 1] == node;
        last[pair] = kernelNode;
        last[pair + 1] = node;
        return same ? Use.KEEP : Use.DROP;
    }

    synchronized void release(long kernelNode) {
        Owner owner = open.get(kernelNode);
        if (owner != null && --owner.opens == 0) {
            open.remove(kernelNode);
        }
    }
}
