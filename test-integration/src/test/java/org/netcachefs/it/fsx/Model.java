package org.netcachefs.it.fsx;

import java.util.Arrays;

/** What a file is to hold after each change, in memory. */
final class Model {
    private final byte[] bytes;
    private int size;

    Model(int largest) {
        bytes = new byte[largest];
    }

    int size() {
        return size;
    }

    void write(int offset, byte[] piece) {
        System.arraycopy(piece, 0, bytes, offset, piece.length);
        grow(offset + piece.length);
    }

    void grow(int end) {
        size = Math.max(size, end);
    }

    void truncate(int end) {
        if (end < size) {
            Arrays.fill(bytes, end, size, (byte) 0);
        }
        size = end;
    }

    /** The size stays as it is. */
    void zero(int offset, int length) {
        Arrays.fill(bytes, Math.min(offset, size), Math.min(offset + length, size), (byte) 0);
    }

    /** What a read gets: less at the end of the file. */
    byte[] read(int offset, int length) {
        return Arrays.copyOfRange(bytes, Math.min(offset, size), Math.min(offset + length, size));
    }
}
