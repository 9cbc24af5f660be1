package org.netcachefs.daemon.upstream.internal;

import java.util.function.Predicate;
import org.netcachefs.daemon.upstream.UpstreamTree.DirectoryItem;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.FileType;

/** Reads a directory by getdents64 and hands on its entries but "." and "..". */
final class DirectoryReader {
    /** Offsets in struct linux_dirent64. */
    private static final int RECORD_LENGTH = 16;

    private static final int TYPE = 18;
    private static final int NAME = 19;

    private final Scratch scratch;
    private final Predicate<DirectoryItem> taker;

    DirectoryReader(Scratch scratch, Predicate<DirectoryItem> taker) {
        this.scratch = scratch;
        this.taker = taker;
    }

    /** Everything from where {@code descriptor} stands, until the taker has enough. */
    void readAll(int descriptor) throws ErrnoException {
        int length;
        do {
            length = fill(descriptor);
        } while (length > 0 && take(length));
    }

    private int fill(int descriptor) throws ErrnoException {
        long length;
        do {
            length = Libc.C.getdents64(descriptor, scratch.room(), scratch.roomBytes());
        } while (length < 0 && Libc.interrupted());
        if (length < 0) {
            throw Libc.failure("getdents64");
        }
        return (int) length;
    }

    private boolean take(int length) {
        int at = 0;
        while (at < length) {
            int recordLength = scratch.roomShort(at + RECORD_LENGTH);
            byte[] name = name(at, recordLength);
            if (!isDots(name) && !taker.test(item(at, name))) {
                return false;
            }
            at += recordLength;
        }
        return true;
    }

    private DirectoryItem item(int at, byte[] name) {
        return new DirectoryItem(
                FileName.of(name), scratch.roomLong(at), FileType.ofDirectoryType(scratch.roomByte(at + TYPE) & 0xff));
    }

    private byte[] name(int at, int recordLength) {
        int end = at + NAME;
        while (end < at + recordLength && scratch.roomByte(end) != 0) {
            end++;
        }
        byte[] name = new byte[end - at - NAME];
        scratch.fromRoom(at + NAME, name, name.length);
        return name;
    }

    static boolean isDots(byte[] name) {
        if (name.length > 2) {
            return false;
        }
        for (byte b : name) {
            if (b != '.') {
                return false;
            }
        }
        return true;
    }
}
