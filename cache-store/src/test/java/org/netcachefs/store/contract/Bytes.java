package org.netcachefs.store.contract;

import java.nio.ByteBuffer;
import org.netcachefs.store.ByteRange;

/** What a test file holds: each byte is a function of the file, the version of its content and the offset. */
public final class Bytes {
    private Bytes() {}

    public static byte at(long file, long version, long offset) {
        long word = mix(mix(file * 0x9E3779B97F4A7C15L + version) + (offset >>> 3));
        return (byte) (word >>> ((offset & 7) * 8));
    }

    public static byte[] of(long file, long version, ByteRange range) {
        byte[] bytes = new byte[(int) range.length()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = at(file, version, range.start() + i);
        }
        return bytes;
    }

    public static ByteBuffer direct(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    private static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
