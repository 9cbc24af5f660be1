package org.netcachefs.fuse.internal.protocol;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/** Spare memory for answers; made as needed, a bounded number is kept, and a small one by each thread, which it then takes without a lock. Thread-safe. */
public final class AnswerBuffers {
    private static final int KEPT_LARGE = 32;
    private static final int KEPT_SMALL = 256;
    private static final int SMALL = 16 << 10;

    private final int large;
    private final ThreadLocal<@Nullable AnswerBuffer[]> ownSmall = ThreadLocal.withInitial(() -> new AnswerBuffer[1]);
    private final BlockingQueue<AnswerBuffer> spareSmall = new ArrayBlockingQueue<>(KEPT_SMALL);
    private final BlockingQueue<AnswerBuffer> spareLarge = new ArrayBlockingQueue<>(KEPT_LARGE);

    /** {@code largest} bytes are the most one answer needs. */
    public AnswerBuffers(int largest) {
        large = Math.max(largest, SMALL);
    }

    public AnswerBuffer take(int length) {
        return length <= SMALL ? takeSmall() : spareOrNew(spareLarge, Math.max(large, length));
    }

    private AnswerBuffer takeSmall() {
        @Nullable AnswerBuffer[] own = ownSmall.get();
        AnswerBuffer spare = own[0];
        own[0] = null;
        return spare != null ? spare : spareOrNew(spareSmall, SMALL);
    }

    private static AnswerBuffer spareOrNew(BlockingQueue<AnswerBuffer> spares, int size) {
        AnswerBuffer spare = spares.poll();
        return spare != null ? spare : new AnswerBuffer(size);
    }

    /** Dropped when enough are spare. */
    public void giveBack(AnswerBuffer buffer) {
        if (buffer.size() == SMALL) {
            giveBackSmall(buffer);
        } else {
            boolean ignored = spareLarge.offer(buffer);
        }
    }

    private void giveBackSmall(AnswerBuffer buffer) {
        @Nullable AnswerBuffer[] own = ownSmall.get();
        if (own[0] == null) {
            own[0] = buffer;
        } else {
            boolean ignored = spareSmall.offer(buffer);
        }
    }
}
