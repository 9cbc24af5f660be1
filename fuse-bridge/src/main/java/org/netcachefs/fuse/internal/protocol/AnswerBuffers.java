package org.netcachefs.fuse.internal.protocol;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/** Spare memory for answers; made as needed, a bounded number is kept. Thread-safe. */
public final class AnswerBuffers {
    private static final int KEPT_LARGE = 32;
    private static final int KEPT_SMALL = 256;
    private static final int SMALL = 16 << 10;

    private final int large;
    private final BlockingQueue<AnswerBuffer> spareSmall = new ArrayBlockingQueue<>(KEPT_SMALL);
    private final BlockingQueue<AnswerBuffer> spareLarge = new ArrayBlockingQueue<>(KEPT_LARGE);

    /** {@code largest} bytes are the most one answer needs. */
    public AnswerBuffers(int largest) {
        large = Math.max(largest, SMALL);
    }

    public AnswerBuffer take(int length) {
        boolean small = length <= SMALL;
        AnswerBuffer spare = (small ? spareSmall : spareLarge).poll();
        return spare != null ? spare : new AnswerBuffer(small ? SMALL : Math.max(large, length));
    }

    /** Dropped when enough are spare. */
    public void giveBack(AnswerBuffer buffer) {
        boolean ignored = (buffer.size() == SMALL ? spareSmall : spareLarge).offer(buffer);
    }
}
