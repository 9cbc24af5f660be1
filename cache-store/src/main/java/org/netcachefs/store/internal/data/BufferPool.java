package org.netcachefs.store.internal.data;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Direct buffers of sizes that are powers of two, within a bound in bytes. Thread-safe. */
public final class BufferPool {
    private static final int SMALLEST = 14;
    private static final int LARGEST = 21;

    @GuardedBy("this")
    private final List<Deque<ByteBuffer>> free = new ArrayList<>();

    @GuardedBy("this")
    private long room;

    public BufferPool(long bytes) {
        room = bytes;
        for (int i = SMALLEST; i <= LARGEST; i++) {
            free.add(new ArrayDeque<>());
        }
    }

    private static int sizeClass(int bytes) {
        return Math.max(0, Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(1, bytes) - 1) - SMALLEST);
    }

    /** A buffer with {@code bytes} bytes between position 0 and its limit; null when there is none now. */
    public @Nullable ByteBuffer take(int bytes) {
        int sizeClass = sizeClass(bytes);
        if (sizeClass >= LARGEST - SMALLEST + 1) {
            return ByteBuffer.allocateDirect(bytes); // larger than any request of a kernel
        }
        ByteBuffer buffer = takePooled(sizeClass);
        return buffer == null ? null : buffer.clear().limit(bytes);
    }

    private synchronized @Nullable ByteBuffer takePooled(int sizeClass) {
        ByteBuffer buffer = free.get(sizeClass).poll();
        if (buffer != null) {
            return buffer;
        }
        int capacity = 1 << (sizeClass + SMALLEST);
        while (room < capacity && dropOne(sizeClass)) {
            // room is being made
        }
        if (room < capacity) {
            return null;
        }
        room -= capacity;
        return ByteBuffer.allocateDirect(capacity);
    }

    @GuardedBy("this")
    private boolean dropOne(int keptClass) {
        for (int i = free.size() - 1; i >= 0; i--) {
            ByteBuffer dropped = i == keptClass ? null : free.get(i).poll();
            if (dropped != null) {
                room += dropped.capacity();
                return true;
            }
        }
        return false;
    }

    public synchronized void giveBack(ByteBuffer buffer) {
        int sizeClass = sizeClass(buffer.capacity());
        if (sizeClass < free.size()) {
            free.get(sizeClass).push(buffer);
        }
    }
}
