package org.netcachefs.daemon.upstream.internal;

import java.util.concurrent.atomic.AtomicReferenceArray;

/** Keeps {@link Scratch} memory for reuse: taken by one thread, given back by the same. Calls that hang keep theirs; others get new. Thread-safe. */
final class ScratchPool {
    private static final int KEPT = 16;

    private final AtomicReferenceArray<Scratch> kept = new AtomicReferenceArray<>(KEPT);
    private final int roomBytes;

    ScratchPool(int roomBytes) {
        this.roomBytes = roomBytes;
    }

    Scratch take() {
        int first = (int) Thread.currentThread().getId();
        for (int i = 0; i < KEPT; i++) {
            Scratch scratch = kept.getAndSet((first + i) & (KEPT - 1), null);
            if (scratch != null) {
                return scratch;
            }
        }
        return new Scratch(roomBytes);
    }

    void give(Scratch scratch) {
        int first = (int) Thread.currentThread().getId();
        for (int i = 0; i < KEPT; i++) {
            if (kept.compareAndSet((first + i) & (KEPT - 1), null, scratch)) {
                return;
            }
        }
    }
}
