package org.netcachefs.store.internal.engine;

import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.netcachefs.store.Cookie.ReadDone;
import org.netcachefs.store.Cookie.ReadOutcome;
import org.netcachefs.store.internal.data.BufferPool;
import org.netcachefs.store.internal.data.Native;

/** Reads on the I/O threads, each answered once within the time limit. Thread-safe. */
final class AsyncReads {
    private final Reader reader;
    private final BufferPool buffers;
    private final long limitNanos;
    private final ConcurrentLinkedQueue<AsyncRead> outstanding = new ConcurrentLinkedQueue<>();
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

    private final class AsyncRead implements IoPool.Task {
        private final OpenCookie cookie;
        private final long offset;
        private final int length;
        private final ReadDone done;
        private final long began = System.nanoTime();
        private final AtomicBoolean answered = new AtomicBoolean();

        AsyncRead(OpenCookie cookie, long offset, int length, ReadDone done) {
            this.cookie = cookie;
            this.offset = offset;
            this.length = length;
            this.done = done;
        }

        @Override
        public void run(ByteBuffer scratch) {
            if (answered.get()) {
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
            if (outcome == ReadOutcome.DONE && answered.compareAndSet(false, true)) {
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

        void fail(ReadOutcome outcome) {
            if (answered.compareAndSet(false, true)) {
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
        AsyncRead read = new AsyncRead(cookie, offset, length, done);
        outstanding.add(read);
        submit(read);
    }

    private void submit(AsyncRead read) {
        if (pool == null || !pool.submit(read)) {
            read.fail(ReadOutcome.FAILED);
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
        for (AsyncRead read = outstanding.peek(); read != null; read = outstanding.peek()) {
            if (!read.answered.get() && !all && now - read.began < limitNanos) {
                return;
            }
            outstanding.poll();
            read.fail(ReadOutcome.FAILED);
        }
    }
}
