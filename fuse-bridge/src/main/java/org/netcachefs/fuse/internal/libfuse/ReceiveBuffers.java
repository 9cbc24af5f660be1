package org.netcachefs.fuse.internal.libfuse;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import jnr.ffi.Pointer;

/** Memory that requests are received into; made as needed, a bounded number is kept while not in use. Thread-safe. */
final class ReceiveBuffers {
    private static final int KEPT = 64;

    private final int size;
    private final BlockingQueue<Pointer> spare = new ArrayBlockingQueue<>(KEPT);

    /** Of {@code size} bytes each. */
    ReceiveBuffers(int size) {
        this.size = size;
    }

    int size() {
        return size;
    }

    Pointer take() {
        Pointer kept = spare.poll();
        // Not cleared: a thread that only ever gets small requests touches little of it.
        return kept != null ? kept : Native.RUNTIME.getMemoryManager().allocateDirect(size, false);
    }

    /** Dropped when enough are spare. */
    void giveBack(Pointer buffer) {
        boolean ignored = spare.offer(buffer);
    }
}
