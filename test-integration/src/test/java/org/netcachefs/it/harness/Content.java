package org.netcachefs.it.harness;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Bytes that follow from a seed and an offset, so that any piece of a file can be checked without keeping a copy. */
public final class Content {
    private static final int PIECE = 1 << 20;

    private Content() {}

    /** The bytes of file {@code seed} at {@code offset} (a multiple of 8). */
    public static byte[] bytes(long seed, long offset, int length) {
        ByteBuffer to = ByteBuffer.allocate((length + 7) & ~7).order(ByteOrder.LITTLE_ENDIAN);
        for (long word = offset / 8; to.hasRemaining(); word++) {
            to.putLong(mix(seed * 0x9E3779B97F4A7C15L + word));
        }
        byte[] all = to.array();
        return all.length == length ? all : java.util.Arrays.copyOf(all, length);
    }

    /** Writes a file of {@code size} bytes. */
    public static void write(Path file, long seed, long size) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            for (long at = 0; at < size; at += PIECE) {
                ByteBuffer piece = ByteBuffer.wrap(bytes(seed, at, (int) Math.min(PIECE, size - at)));
                while (piece.hasRemaining()) {
                    channel.write(piece);
                }
            }
        }
    }

    /** Where a read differs from the file's content first, or -1. {@code offset} is a multiple of 8. */
    public static long mismatch(long seed, long offset, byte[] got) {
        int at = java.util.Arrays.mismatch(bytes(seed, offset, got.length), got);
        return at < 0 ? -1 : offset + at;
    }

    /** Reads a whole file in pieces and fails at the first wrong byte or a wrong size; returns its size. */
    public static long verify(Path file, long seed, long size) throws IOException {
        try (Posix.File open = Posix.open(file, Posix.O_RDONLY)) {
            return verify(open, file, seed, size);
        }
    }

    public static long verify(Posix.File open, Path file, long seed, long size) throws IOException {
        long at = 0;
        while (true) {
            byte[] piece = open.read(at, PIECE);
            long wrong = mismatch(seed, at, piece);
            if (wrong >= 0) {
                throw new AssertionError("wrong byte at " + wrong + " of " + file);
            }
            at += piece.length;
            if (piece.length < PIECE) {
                break;
            }
        }
        if (at != size) {
            throw new AssertionError(file + " has " + at + " bytes, not " + size);
        }
        return at;
    }

    public static long sizeOf(Path file) throws IOException {
        return Files.size(file);
    }

    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
