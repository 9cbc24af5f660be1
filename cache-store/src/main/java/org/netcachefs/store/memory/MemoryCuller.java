package org.netcachefs.store.memory;

import java.time.Duration;
import org.netcachefs.store.Culler;

/** Frees the least recently used slots that are not pinned. */
final class MemoryCuller implements Culler {
    private final Core core;

    MemoryCuller(Core core) {
        this.core = core;
    }

    @Override
    public int doWork(int slots) {
        int freed;
        synchronized (core.lock) {
            if (!core.space.isCullDue()) {
                return 0;
            }
            freed = core.space.cull(slots);
        }
        core.changed();
        return freed;
    }

    @Override
    public void awaitWork(Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        synchronized (core.lock) {
            long left = limit.toMillis();
            while (left > 0 && !core.isClosed() && !core.space.isCullDue()) {
                try {
                    core.lock.wait(left);
                } catch (InterruptedException e) {
                    return;
                }
                left = (end - System.nanoTime()) / 1_000_000;
            }
        }
    }
}
