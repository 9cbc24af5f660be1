package org.netcachefs.fuse.internal.protocol;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import jnr.ffi.Pointer;
import org.netcachefs.fuse.internal.Native;

/** Memory that requests are received into; made as needed, a bounded number is kept while not in use. Thread-safe. */
public final class ReceiveBuffers {
    private static final int KEPT = 64;

    private final int size;
    private final BlockingQueue<Pointer> spare = new ArrayBlockingQueue<>(KEPT);

    /** Of {@code size} bytes each. */
    public ReceiveBuffers(int size) {
        this.size = size;
    }

    public int size() {
        return size;
    }

    public Pointer take() {
        Pointer kept = spare.poll();
        // Not cleared: a thread that only ever gets small requests touches little of it.
        return kept != null ? kept : Native.RUNTIME.getMemoryManager().allocateDirect(size, false);
    }

    /** Dropped when enough are spare. */
    public void giveBack(Pointer buffer) {
        boolean ignored = spare.offer(buffer);
    }
}
