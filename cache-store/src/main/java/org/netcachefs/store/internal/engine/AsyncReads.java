package org.netcachefs.store.internal.engine;

import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.netcachefs.store.ByteRange;
import org.netcachefs.store.Cookie.ReadDone;
import org.netcachefs.store.Cookie.ReadOutcome;
import org.netcachefs.store.internal.data.BufferPool;
import org.netcachefs.store.internal.data.Native;

/** Reads, of data and of the index, on the I/O threads; each answered once within the time limit. Thread-safe. */
final class AsyncReads {
    private final Reader reader;
    private final BufferPool buffers;
    private final long limitNanos;
    private final ConcurrentLinkedQueue<Timed> outstanding = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<AsyncRead> wantBuffer = new ConcurrentLinkedQueue<>();
    private @Nullable IoPool pool;

    AsyncReads(Reader reader, BufferPool buffers, long limitNanos) {
        this.reader = reader;
        this.buffers = buffers;
        this.limitNanos = limitNanos;
    }

    void startOn(IoPool ioPool) {
        pool = ioPool;
    }

    /** What is answered once: by its own run, or when it takes too long. */
    private abstract static class Timed implements IoPool.Task {
        private final long began = System.nanoTime();
        private final AtomicBoolean answered = new AtomicBoolean();

        final boolean isAnswered() {
            return answered.get();
        }

        /** True for the one who is to answer. */
        final boolean claim() {
            return answered.compareAndSet(false, true);
        }

        abstract void giveUp();
    }

    /** Has the index rows of a range read. */
    private static final class Mapping extends Timed {
        private final OpenCookie cookie;
        private final ByteRange range;
        private final Runnable then;

        Mapping(OpenCookie cookie, ByteRange range, Runnable then) {
            this.cookie = cookie;
            this.range = range;
            this.then = then;
        }

        @Override
        public void run(ByteBuffer scratch) {
            try {
                ByteRange rest = range;
                while (!rest.isEmpty() && !isAnswered()) {
                    rest = rest.from(cookie.nextExtent(rest).range().end());
                }
            } finally {
                giveUp();
            }
        }

        @Override
        void giveUp() {
            if (claim()) {
                then.run();
            }
        }
    }

    private final class AsyncRead extends Timed {
        private final OpenCookie cookie;
        private final long offset;
        private final int length;
        private final ReadDone done;

        AsyncRead(OpenCookie cookie, long offset, int length, ReadDone done) {
            this.cookie = cookie;
            this.offset = offset;
            this.length = length;
            this.done = done;
        }

        @Override
        public void run(ByteBuffer scratch) {
            if (isAnswered()) {
                return;
            }
            ByteBuffer buffer = buffers.take(length);
            if (buffer == null) {
                wantBuffer.add(this);
                return;
            }
            ReadOutcome outcome = ReadOutcome.FAILED;
            try {
                outcome = reader.read(cookie, offset, length, Native.address(buffer), new Own(scratch), true);
            } finally {
                deliver(buffer, outcome);
            }
        }

        private void deliver(ByteBuffer buffer, ReadOutcome outcome) {
            if (outcome == ReadOutcome.DONE && claim()) {
                AtomicBoolean returned = new AtomicBoolean();
                done.ok(buffer, () -> {
                    if (returned.compareAndSet(false, true)) {
                        giveBack(buffer);
                    }
                });
                return;
            }
            giveBack(buffer);
            fail(outcome);
        }

        @Override
        void giveUp() {
            fail(ReadOutcome.FAILED);
        }

        private void fail(ReadOutcome outcome) {
            if (claim()) {
                done.failed(outcome == ReadOutcome.HOLE ? outcome : ReadOutcome.FAILED);
            }
        }
    }

    /** The I/O thread's own buffer. */
    private record Own(ByteBuffer buffer) implements Reader.Scratch {
        @Override
        public ByteBuffer get() {
            return buffer;
        }

        @Override
        public void giveBack(ByteBuffer used) {
            // stays with its thread
        }
    }

    void read(OpenCookie cookie, long offset, int length, ReadDone done) {
        begin(new AsyncRead(cookie, offset, length, done));
    }

    /** Runs {@code then} once the range's part of the cookie's map is in memory, or cannot be had. */
    void map(OpenCookie cookie, ByteRange range, Runnable then) {
        begin(new Mapping(cookie, range, then));
    }

    private void begin(Timed task) {
        outstanding.add(task);
        submit(task);
    }

    private void submit(Timed task) {
        if (pool == null || !pool.submit(task)) {
            task.giveUp();
        }
    }

    private void giveBack(ByteBuffer buffer) {
        buffers.giveBack(buffer);
        AsyncRead next = wantBuffer.poll();
        if (next != null) {
            submit(next);
        }
    }

    /** Fails what is older than the limit, or everything. Called every so often, by one thread. */
    void expire(boolean all) {
        long now = System.nanoTime();
        for (Timed task = outstanding.peek(); task != null; task = outstanding.peek()) {
            if (!task.isAnswered() && !all && now - task.began < limitNanos) {
                return;
            }
            outstanding.poll();
            task.giveUp();
        }
    }
}
