package org.netcachefs.store.internal.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.CacheException.Reason;
import org.netcachefs.store.internal.index.Batch;
import org.netcachefs.store.internal.index.Family;
import org.netcachefs.store.internal.index.ForwardingIndex;
import org.netcachefs.store.internal.index.IndexStore;

/**
 * An index whose calls are watched, and made on threads of the store, so that no caller waits for a disk longer than the
 * time limit. What is in memory is answered at once. Thread-safe.
 */
final class WatchedIndex extends ForwardingIndex {
    private static final int THREADS = 3;

    private final Calls calls;
    private final HealthState health;
    private volatile Failures failures = e -> {};
    private volatile boolean closed;
    private final LinkedBlockingQueue<Call> queue = new LinkedBlockingQueue<>();

    WatchedIndex(IndexStore index, Calls calls, HealthState health) {
        super(index);
        this.calls = calls;
        this.health = health;
    }

    /** From now on each failure is told to {@code told}. */
    void tell(Failures told) {
        failures = told;
    }

    void start() {
        for (int i = 0; i < THREADS; i++) {
            new StoreThread("index-" + i, this::work).start();
        }
    }

    private void work() {
        try {
            for (Call call = queue.take(); !call.isLast(); call = queue.take()) {
                call.run();
            }
            queue.add(new Call(null)); // for the next thread
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts this thread", e);
        }
    }

    /** What a call does. */
    private interface Body {
        void run() throws CacheException;
    }

    /** A call made for another thread, which waits for it. No body: the threads are to end. */
    private final class Call {
        private final @Nullable Body body;

        @GuardedBy("this")
        private @Nullable Exception failure;

        @GuardedBy("this")
        private boolean done;

        @GuardedBy("this")
        private boolean abandoned;

        Call(@Nullable Body body) {
            this.body = body;
        }

        boolean isLast() {
            return body == null;
        }

        void run() {
            if (body == null || isAbandoned()) {
                return;
            }
            Exception thrown = null;
            try {
                direct(body);
            } catch (CacheException | RuntimeException e) {
                thrown = e;
            }
            synchronized (this) {
                failure = thrown;
                done = true;
                notifyAll();
            }
        }

        private synchronized boolean isAbandoned() {
            return abandoned;
        }

        synchronized void await() throws CacheException {
            long until = System.nanoTime() + Engine.TIME_LIMIT_NANOS;
            while (!done) {
                if (!health.isReachable() || System.nanoTime() > until) {
                    abandoned = true;
                    throw unreachable();
                }
                try {
                    wait(50);
                } catch (InterruptedException e) {
                    abandoned = true;
                    throw new CacheException(Reason.TIMEOUT, "index: interrupted while waiting for it", e);
                }
            }
            if (failure instanceof CacheException e) {
                throw new CacheException(e.reason(), String.valueOf(e.getMessage()), e);
            }
            if (failure instanceof RuntimeException e) {
                throw e;
            }
        }
    }

    private static CacheException unreachable() {
        return new CacheException(Reason.TIMEOUT, "index: the disk does not answer");
    }

    private void direct(Body body) throws CacheException {
        if (!health.isReachable()) {
            throw unreachable();
        }
        int call = calls.begin();
        try {
            body.run();
        } catch (CacheException e) {
            failures.failed(e);
            throw e;
        } finally {
            calls.end(call);
        }
    }

    private void watched(Body body) throws CacheException {
        if (closed) {
            throw new CacheException(Reason.OFFLINE, "index: the cache is closed");
        }
        if (calls.mayWait()) {
            direct(body);
            return;
        }
        if (!health.isReachable()) {
            throw unreachable();
        }
        Call call = new Call(body);
        queue.add(call);
        call.await();
    }

    @Override
    public byte @Nullable [] get(Family family, byte[] key) throws CacheException {
        if (!calls.mayWait()) {
            try {
                return index.getInMemory(family, key);
            } catch (CacheException e) {
                if (e.reason() != Reason.TIMEOUT) {
                    throw e;
                }
            }
        }
        byte @Nullable [][] found = new byte[1][];
        watched(() -> found[0] = index.get(family, key));
        return found[0];
    }

    @Override
    public void scan(Family family, byte[] from, BiPredicate<byte[], byte[]> row) throws CacheException {
        watched(() -> index.scan(family, from, row));
    }

    @Override
    public void write(Batch batch) throws CacheException {
        watched(() -> index.write(batch));
    }

    @Override
    public void sync() throws CacheException {
        int call = calls.beginSync();
        try {
            index.sync();
        } finally {
            calls.end(call);
        }
    }

    @Override
    public void close() {
        closed = true;
        queue.add(new Call(null));
        index.close();
    }
}
