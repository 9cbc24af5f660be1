package org.netcachefs.arch.planted.daemon;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;

/** Violation: three ways to interrupt a thread, and one by reference. */
public final class Interrupts {
    public void thread(Thread thread) {
        thread.interrupt();
    }

    public void future(CompletableFuture<String> future) {
        future.cancel(true);
    }

    public void pool(ScheduledExecutorService pool) {
        pool.shutdownNow();
    }

    public Runnable reference(Thread thread) {
        return thread::interrupt;
    }

    /** Allowed: to ask is not to interrupt. */
    public boolean asked(Thread thread) {
        return thread.isInterrupted();
    }
}
