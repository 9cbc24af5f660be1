package org.netcachefs.store.contract;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.netcachefs.store.ByteRange;

/** What a test file holds: each byte is a function of the file, the version of its content and the offset. */
public final class Bytes {
    private Bytes() {}

    public static byte at(long file, long version, long offset) {
        long word = mix(key(file, version) + (offset >>> 3));
        return (byte) (word >>> ((offset & 7) * 8));
    }

    public static byte[] of(long file, long version, ByteRange range) {
        int skipped = (int) (range.start() & 7);
        int length = (int) range.length();
        ByteBuffer words = ByteBuffer.allocate((skipped + length + 7) & -8).order(ByteOrder.LITTLE_ENDIAN);
        long key = key(file, version);
        for (long number = range.start() >>> 3; words.hasRemaining(); number++) {
            words.putLong(mix(key + number));
        }
        return Arrays.copyOfRange(words.array(), skipped, skipped + length);
    }

    private static long key(long file, long version) {
        return mix(file * 0x9E3779B97F4A7C15L + version);
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
