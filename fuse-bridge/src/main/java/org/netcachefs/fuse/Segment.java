package org.netcachefs.fuse;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A piece of a read's answer: bytes in memory, or a region of an open file that the transport reads (or splices) itself. */
public final class Segment {
    private final @Nullable ByteBuffer bytes;
    private final int descriptor;
    private final long position;
    private final int length;

    private Segment(@Nullable ByteBuffer bytes, int descriptor, long position, int length) {
        this.bytes = bytes;
        this.descriptor = descriptor;
        this.position = position;
        this.length = length;
    }

    /** The bytes between position and limit of a direct buffer, which must not change until released. */
    public static Segment of(ByteBuffer bytes) {
        return new Segment(bytes, -1, 0, bytes.remaining());
    }

    /** {@code length} bytes at byte {@code position} of an open file descriptor. */
    public static Segment region(int descriptor, long position, int length) {
        return new Segment(null, descriptor, position, length);
    }

    public boolean isRegion() {
        return bytes == null;
    }

    /**
     * The bytes in memory.
     *
     * @throws IllegalStateException for a region
     */
    public ByteBuffer bytes() {
        if (bytes == null) {
            throw new IllegalStateException("a file region has no bytes in memory");
        }
        return bytes;
    }

    public int descriptor() {
        return descriptor;
    }

    public long position() {
        return position;
    }

    public int length() {
        return length;
    }
}
