package org.netcachefs.it.harness;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/** Threads that do one thing over and over until stopped; the first failure is kept and thrown by {@link #stop}. */
public final class Load implements AutoCloseable {
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final List<Thread> threads = new ArrayList<>();

    /** One turn of thread number {@code worker}; {@code turn} counts from 0. */
    public interface Turn {
        void run(int worker, long turn) throws Exception;
    }

    private Load() {}

    public static Load start(int workers, Turn body) {
        return start(workers, Long.MAX_VALUE, body);
    }

    /** Each worker does {@code turns} turns and ends. */
    public static Load start(int workers, long turns, Turn body) {
        Load load = new Load();
        for (int i = 0; i < workers; i++) {
            int worker = i;
            Thread thread = new Thread(() -> load.work(worker, turns, body), "load-" + i);
            thread.setDaemon(true);
            load.threads.add(thread);
        }
        load.threads.forEach(Thread::start);
        return load;
    }

    private void work(int worker, long turns, Turn body) {
        try {
            for (long turn = 0; turn < turns && !stopped.get(); turn++) {
                body.run(worker, turn);
            }
        } catch (Throwable e) {
            failure.compareAndSet(null, e);
            stopped.set(true);
        }
    }

    public boolean failed() {
        return failure.get() != null;
    }

    /** Waits until all turns are done; fails if a turn did. */
    public void finish() throws Exception {
        for (Thread thread : threads) {
            thread.join();
        }
        rethrow();
    }

    /** Ends the load after the turns under way; fails if a turn did. */
    public void stop() throws Exception {
        stopped.set(true);
        finish();
    }

    private void rethrow() {
        if (failure.get() != null) {
            throw new AssertionError("under load: " + failure.get(), failure.get());
        }
    }

    /** Ends the load whatever came of it, waiting some seconds for turns that hang. */
    @Override
    public void close() throws Exception {
        stopped.set(true);
        for (Thread thread : threads) {
            thread.join(5000);
        }
    }
}
