package org.netcachefs.fuse.conformance;

import jnr.ffi.LibraryLoader;
import jnr.ffi.LibraryOption;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.ffi.annotations.SaveError;
import org.netcachefs.fuse.Errno;

/** System calls as an application makes them, with the errno it sees. */
final class Posix {
    static final int O_RDONLY = 0;
    static final int O_WRONLY = 1;
    static final int O_RDWR = 2;
    static final int O_CREAT = 0100;
    static final int O_EXCL = 0200;
    static final int O_APPEND = 02000;
    static final int O_DIRECT = 040000;
    static final int O_TMPFILE = 020200000;
    static final int AT_FDCWD = -100;
    static final int LOCK_EX = 2;
    static final int LOCK_NB = 4;
    static final int LOCK_UN = 8;

    /** Public for jnr-ffi only. */
    public interface Libc {
        @SaveError
        int open(byte[] path, int flags, int mode);

        @SaveError
        int close(int descriptor);

        @SaveError
        long pread(int descriptor, Pointer buffer, long length, long offset);

        @SaveError
        long pwrite(int descriptor, Pointer buffer, long length, long offset);

        @SaveError
        int access(byte[] path, int mode);

        @SaveError
        int mknod(byte[] path, int mode, long device);

        @SaveError
        int fallocate(int descriptor, int mode, long offset, long length);

        @SaveError
        int fdatasync(int descriptor);

        @SaveError
        int flock(int descriptor, int operation);

        @SaveError
        int renameat2(int oldDirectory, byte[] oldPath, int newDirectory, byte[] newPath, int flags);

        @SaveError
        int linkat(int oldDirectory, byte[] oldPath, int newDirectory, byte[] newPath, int flags);

        @SaveError
        long lseek(int descriptor, long offset, int whence);

        @SaveError
        long copy_file_range(int in, Pointer inOffset, int out, Pointer outOffset, long length, int flags);

        @SaveError
        int setxattr(byte[] path, byte[] name, byte[] value, long size, int flags);

        @SaveError
        long getxattr(byte[] path, byte[] name, Pointer value, long size);

        @SaveError
        long listxattr(byte[] path, Pointer list, long size);

        @SaveError
        int removexattr(byte[] path, byte[] name);

        @SaveError
        int mkdir(byte[] path, int mode);

        @SaveError
        int unlink(byte[] path);

        @SaveError
        Pointer mmap(Pointer address, long length, int protection, int flags, int descriptor, long offset);

        @SaveError
        int msync(Pointer address, long length, int flags);

        @SaveError
        int munmap(Pointer address, long length);

        @SaveError
        int truncate(byte[] path, long length);
    }

    static final Libc LIBC = LibraryLoader.create(Libc.class)
            .option(LibraryOption.SaveError, true)
            .load("c");

    private Posix() {}

    static Errno errno() {
        return Errno.of(Runtime.getSystemRuntime().getLastError());
    }

    /** Memory for a call, aligned for O_DIRECT. */
    static Pointer memory(int size) {
        Pointer whole = Runtime.getSystemRuntime().getMemoryManager().allocateDirect(size + 4096);
        return whole.slice(4096 - whole.address() % 4096, size);
    }

    /** A path's bytes, ended by NUL. */
    static byte[] path(Object path) {
        return (path + "\0").getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }
}
