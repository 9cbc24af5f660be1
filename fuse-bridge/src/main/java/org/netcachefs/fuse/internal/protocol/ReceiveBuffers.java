package org.netcachefs.fuse.internal.protocol;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import jnr.ffi.Pointer;
import org.netcachefs.fuse.internal.Native;

/** Memory that requests are received into; made as needed, a bounded number is kept while not in use. Thread-safe. */
public final class ReceiveBuffers {
    private static final int KEPT = 64;
    private static final int PAGE = 4096;

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
        return kept != null ? kept : allocate(size);
    }

    /** The bytes of a write lie at the start of a page. Not cleared: a thread that only ever gets small requests touches little of it. */
    private static Pointer allocate(int size) {
        Pointer whole = Native.RUNTIME.getMemoryManager().allocateDirect(size + PAGE, false);
        int lead = (int) -(whole.address() + RequestLayout.Data.END) & (PAGE - 1);
        return whole.slice(lead, size);
    }

    /** Dropped when enough are spare. */
    public void giveBack(Pointer buffer) {
        boolean ignored = spare.offer(buffer);
    }
}
