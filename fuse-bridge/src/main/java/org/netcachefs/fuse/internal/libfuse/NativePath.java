package org.netcachefs.fuse.internal.libfuse;

import java.util.Arrays;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.internal.Native;

/** A path as libfuse gives it: bytes that begin with '/' and have no '/' at the end, except for the root itself. */
final class NativePath {
    /** The kernel passes on longer ones. */
    private static final int LONGEST_NAME = 255;

    private final byte[] bytes;

    private NativePath(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Of the NUL-terminated bytes at {@code address}. */
    static NativePath at(long address) {
        return new NativePath(Native.MEMORY.getZeroTerminatedByteArray(address));
    }

    int length() {
        return bytes.length;
    }

    /** Where the last component's '/' is. */
    int parentLength() {
        int slash = bytes.length - 1;
        while (slash > 0 && bytes[slash] != '/') {
            slash--;
        }
        return slash;
    }

    /** The end of the component that begins after the '/' at {@code slash}. */
    int componentEnd(int slash) {
        int end = slash + 1;
        while (end < bytes.length && bytes[end] != '/') {
            end++;
        }
        return end;
    }

    FileName component(int slash, int end) throws ErrnoException {
        if (end - slash - 1 > LONGEST_NAME) {
            throw new ErrnoException(Errno.ENAMETOOLONG, "a name of " + (end - slash - 1) + " bytes");
        }
        return FileName.of(Arrays.copyOfRange(bytes, slash + 1, end));
    }

    FileName name() throws ErrnoException {
        return component(parentLength(), bytes.length);
    }

    boolean isRoot() {
        return bytes.length <= 1;
    }
}
