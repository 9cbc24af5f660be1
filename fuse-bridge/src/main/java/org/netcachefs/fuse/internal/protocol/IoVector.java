package org.netcachefs.fuse.internal.protocol;

import org.netcachefs.fuse.internal.Native;

/** An array of {@code struct iovec} being made at an address, for writev(2). Used by one thread. */
final class IoVector {
    /** Fits the smallest answer buffer, and the kernel's own limit of 1024. */
    static final int MOST_PIECES = 500;

    private static final int ONE_SIZE = 16;

    private final long address;
    private int count;
    private int bytes;

    IoVector(long address) {
        this.address = address;
    }

    /** Empty pieces are left out. */
    void add(long piece, int length) {
        if (length > 0) {
            long one = address + (long) count * ONE_SIZE;
            Native.MEMORY.putLong(one, piece);
            Native.MEMORY.putLong(one + Long.BYTES, length);
            count++;
            bytes += length;
        }
    }

    long address() {
        return address;
    }

    int count() {
        return count;
    }

    /** Of all pieces together. */
    int bytes() {
        return bytes;
    }
}
