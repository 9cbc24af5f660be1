package org.netcachefs.daemon.netfs;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Off-heap buffers of two sizes, 16 KiB and one block, bounded in all. Nobody waits for a buffer: who finds none is called
 * when one comes back. A buffer is allocated when first needed and kept. Thread-safe.
 *
 * <p>Whoever holds a buffer must be able to give it back without getting another one.
 */
public final class BufferPool {
    /** The size of the small class, in bytes. */
    public static final int SMALL_BYTES = 16 << 10;

    private static final int SMALL_SHARE = 8;
    private static final int PAGE = 4096;

    private final SizeClass small;
    private final SizeClass large;

    /** {@code bytes} in all, one eighth of them in small buffers; at least two buffers of each size. */
    public BufferPool(long bytes, int blockBytes) {
        small = new SizeClass(SMALL_BYTES, (int) Math.max(2, bytes / SMALL_SHARE / SMALL_BYTES));
        large = new SizeClass(blockBytes, (int) Math.max(2, (bytes - bytes / SMALL_SHARE) / blockBytes));
    }

    /** Calls {@code taker} with a buffer of room for {@code bytes}: at once if there is one, else on the thread that gives one back. */
    public void lease(int bytes, Consumer<Lease> taker) {
        Lease lease = classFor(bytes).take(taker);
        if (lease != null) {
            taker.accept(lease);
        }
    }

    /** A buffer if there is one now; null otherwise. */
    @Nullable
    Lease leaseNow(int bytes) {
        return classFor(bytes).takeNow();
    }

    /** A buffer if more than a quarter of them are free, and half of them not leased so yet, for what can be left undone; null otherwise. */
    public @Nullable Lease leaseSpare(int bytes) {
        return classFor(bytes).takeSpare();
    }

    /** Bytes in buffers leased now. */
    public long usedBytes() {
        return small.usedBytes() + large.usedBytes();
    }

    private SizeClass classFor(int bytes) {
        if (bytes > large.bytes) {
            throw new IllegalArgumentException("no buffer holds " + bytes + " bytes");
        }
        return bytes <= small.bytes ? small : large;
    }

    /** A buffer of its holder until closed, once. */
    public static final class Lease implements AutoCloseable {
        private final SizeClass owner;
        private final ByteBuffer buffer;
        private final boolean isSpare;

        private Lease(SizeClass owner, ByteBuffer buffer, boolean isSpare) {
            this.owner = owner;
            this.buffer = buffer;
            this.isSpare = isSpare;
        }

        /** The whole buffer; position and limit are the holder's. */
        public ByteBuffer buffer() {
            return buffer;
        }

        @Override
        public void close() {
            owner.giveBack(this);
        }
    }

    private static final class SizeClass {
        private final int bytes;
        private final int most;

        @GuardedBy("this")
        private final ArrayDeque<ByteBuffer> free = new ArrayDeque<>();

        @GuardedBy("this")
        private final ArrayDeque<Consumer<Lease>> waiting = new ArrayDeque<>();

        @GuardedBy("this")
        private int allocated;

        @GuardedBy("this")
        private int spare;

        @GuardedBy("this")
        private boolean serving;

        SizeClass(int bytes, int most) {
            this.bytes = bytes;
            this.most = most;
        }

        synchronized @Nullable Lease take(Consumer<Lease> taker) {
            Lease lease = takeNow();
            if (lease == null) {
                waiting.add(taker);
            }
            return lease;
        }

        synchronized @Nullable Lease takeNow() {
            boolean none = !waiting.isEmpty() || (free.isEmpty() && allocated == most);
            return none ? null : next(false);
        }

        synchronized @Nullable Lease takeSpare() {
            int available = most - allocated + free.size();
            if (available * 4 <= most || spare * 2 >= most) {
                return null;
            }
            spare++;
            return next(true);
        }

        @GuardedBy("this")
        private Lease next(boolean isSpare) {
            ByteBuffer buffer = free.poll();
            if (buffer == null) {
                buffer = bytes == SMALL_BYTES ? ByteBuffer.allocateDirect(bytes) : aligned();
                allocated++;
            }
            buffer.clear();
            return new Lease(this, buffer, isSpare);
        }

        /** At a page's beginning, so that the cache can write it without a copy. */
        private ByteBuffer aligned() {
            return ByteBuffer.allocateDirect(bytes + PAGE).alignedSlice(PAGE).slice(0, bytes);
        }

        void giveBack(Lease lease) {
            synchronized (this) {
                free.push(lease.buffer);
                spare -= lease.isSpare ? 1 : 0;
            }
            while (serveOne()) {}
        }

        /** One thread serves at a time, so that takers who give back at once do not nest. */
        private boolean serveOne() {
            Consumer<Lease> taker;
            Lease lease;
            synchronized (this) {
                if (serving || free.isEmpty() || waiting.isEmpty()) {
                    return false;
                }
                serving = true;
                taker = waiting.remove();
                lease = next(false);
            }
            try {
                taker.accept(lease);
            } finally {
                synchronized (this) {
                    serving = false;
                }
            }
            return true;
        }

        synchronized long usedBytes() {
            return (long) (allocated - free.size()) * bytes;
        }
    }
}
