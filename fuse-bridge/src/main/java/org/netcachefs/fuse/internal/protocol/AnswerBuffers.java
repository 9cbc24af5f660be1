package org.netcachefs.fuse.internal.protocol;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Spare memory for answers; made as needed, a bounded number is kept. Small ones, which most answers take, are kept where the thread that gives them
 * back looks first: threads do not get into each other's way. Thread-safe.
 */
public final class AnswerBuffers {
    private static final int KEPT_LARGE = 32;
    /** A power of two. */
    private static final int KEPT_SMALL = 256;

    private static final int SMALL = 16 << 10;
    /** Places a thread looks at: a cache line of references. */
    private static final int NEAR = 16;

    private final int large;
    private final AtomicReferenceArray<@Nullable AnswerBuffer> spareSmall = new AtomicReferenceArray<>(KEPT_SMALL);
    private final BlockingQueue<AnswerBuffer> spareLarge = new ArrayBlockingQueue<>(KEPT_LARGE);

    /** {@code largest} bytes are the most one answer needs. */
    public AnswerBuffers(int largest) {
        large = Math.max(largest, SMALL);
    }

    public AnswerBuffer take(int length) {
        AnswerBuffer spare = length <= SMALL ? spareSmall() : spareLarge.poll();
        return spare != null ? spare : new AnswerBuffer(length <= SMALL ? SMALL : Math.max(large, length));
    }

    private @Nullable AnswerBuffer spareSmall() {
        for (int i = 0; i < NEAR; i++) {
            int place = place(i);
            AnswerBuffer spare = spareSmall.get(place) == null ? null : spareSmall.getAndSet(place, null);
            if (spare != null) {
                return spare;
            }
        }
        return null;
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
        int i = 0;
        while (i < NEAR && !spareSmall.compareAndSet(place(i), null, buffer)) {
            i++;
        }
    }

    private static int place(int i) {
        return (int) (Thread.currentThread().getId() * NEAR + i) & (KEPT_SMALL - 1);
    }
}
