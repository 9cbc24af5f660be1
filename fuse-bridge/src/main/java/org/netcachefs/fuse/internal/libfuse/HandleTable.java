package org.netcachefs.fuse.internal.libfuse;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;

/** The open handles by the number the kernel knows them by ({@code fi->fh}). Looking one up takes no lock. Thread-safe. */
final class HandleTable {
    private static final int FIRST_CAPACITY = 64;

    private volatile AtomicReferenceArray<OpenHandle> handles = new AtomicReferenceArray<>(FIRST_CAPACITY);

    @GuardedBy("this")
    private int[] free = new int[FIRST_CAPACITY];

    @GuardedBy("this")
    private int freeCount;

    @GuardedBy("this")
    private int used;

    /** How many handles each node has. */
    @GuardedBy("this")
    private final Map<Long, Integer> nodes = new HashMap<>();

    /** The number of a handle just opened. */
    synchronized long add(OpenHandle handle) {
        int number = freeCount > 0 ? free[--freeCount] : used++;
        if (number == handles.length()) {
            AtomicReferenceArray<OpenHandle> larger = new AtomicReferenceArray<>(2 * number);
            for (int i = 0; i < number; i++) {
                larger.set(i, handles.get(i));
            }
            handles = larger;
        }
        handles.set(number, handle);
        nodes.merge(handle.node(), 1, Integer::sum);
        return number;
    }

    OpenHandle get(long number) throws ErrnoException {
        AtomicReferenceArray<OpenHandle> table = handles;
        OpenHandle handle = number < 0 || number >= table.length() ? null : table.get((int) number);
        if (handle == null) {
            throw new ErrnoException(Errno.EBADF, "handle " + number);
        }
        return handle;
    }

    synchronized OpenHandle remove(long number) throws ErrnoException {
        OpenHandle handle = get(number);
        handles.set((int) number, null);
        if (freeCount == free.length) {
            free = Arrays.copyOf(free, 2 * freeCount);
        }
        free[freeCount++] = (int) number;
        nodes.computeIfPresent(handle.node(), (node, count) -> count == 1 ? null : count - 1);
        return handle;
    }

    /** Some handle of a kernel's inode, null if none is known. */
    @Nullable
    OpenHandle ofKernelNode(long kernelNode) {
        AtomicReferenceArray<OpenHandle> table = handles;
        for (int i = 0; i < table.length(); i++) {
            OpenHandle handle = table.get(i);
            if (handle != null && handle.kernelNode() == kernelNode) {
                return handle;
            }
        }
        return null;
    }

    /** Whether a release of some handle of the node has not begun yet. */
    synchronized boolean isOpen(long node) {
        return nodes.containsKey(node);
    }
}
