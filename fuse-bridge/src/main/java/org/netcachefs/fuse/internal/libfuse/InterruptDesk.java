package org.netcachefs.fuse.internal.libfuse;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Brings the kernel's interrupts to the requests that wait. An interrupt may be read before its request has begun to wait: it
 * is remembered, the latest few hundred of them. Thread-safe.
 */
final class InterruptDesk {
    private static final int REMEMBERED = 512;

    @GuardedBy("this")
    private final Map<Long, Interruptible> waiting = new HashMap<>();

    @GuardedBy("this")
    private final Set<Long> early = new LinkedHashSet<>();

    void register(Interruptible waiter) {
        boolean interrupted;
        synchronized (this) {
            waiting.put(waiter.request(), waiter);
            interrupted = early.remove(waiter.request());
        }
        if (interrupted) {
            waiter.interrupt();
        }
    }

    synchronized void unregister(Interruptible waiter) {
        waiting.remove(waiter.request(), waiter);
    }

    /** The kernel says that nobody waits for {@code request} any more. */
    void interrupted(long request) {
        Interruptible waiter = find(request);
        if (waiter != null) {
            waiter.interrupt();
        }
    }

    private synchronized @Nullable Interruptible find(long request) {
        Interruptible waiter = waiting.get(request);
        if (waiter == null) {
            early.add(request);
            if (early.size() > REMEMBERED) {
                Iterator<Long> oldest = early.iterator();
                oldest.next();
                oldest.remove();
            }
        }
        return waiter;
    }
}
