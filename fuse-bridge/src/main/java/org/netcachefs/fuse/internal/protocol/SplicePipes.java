package org.netcachefs.fuse.internal.protocol;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/** Spare pipes for answers; made as needed, a bounded number is kept. Thread-safe. */
public final class SplicePipes {
    private static final int KEPT = 16;

    private final BlockingQueue<SplicePipe> spare = new ArrayBlockingQueue<>(KEPT);
    private volatile boolean closed;

    /** An empty one, null if there is none to be had. */
    @Nullable
    SplicePipe take() {
        SplicePipe kept = spare.poll();
        return kept != null ? kept : SplicePipe.open();
    }

    /** An empty one. */
    void giveBack(SplicePipe pipe) {
        if (closed || !spare.offer(pipe)) {
            pipe.close();
        }
    }

    /** Closes those that are spare, and later the others. */
    public void close() {
        closed = true;
        for (SplicePipe pipe = spare.poll(); pipe != null; pipe = spare.poll()) {
            pipe.close();
        }
    }
}
