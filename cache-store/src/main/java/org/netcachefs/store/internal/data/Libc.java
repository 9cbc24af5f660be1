package org.netcachefs.store.internal.data;

/** The system calls of the store. Addresses are of native memory; -1 is an error, errno is kept. Public for jnr-ffi only. */
public interface Libc {
    int open(String path, int flags, int mode);

    int close(int descriptor);

    long pread(int descriptor, long address, long count, long offset);

    long pwrite(int descriptor, long address, long count, long offset);

    long preadv2(int descriptor, long vectors, int count, long offset, int flags);

    long lseek(int descriptor, long offset, int whence);

    int fallocate(int descriptor, int mode, long offset, long length);

    int ftruncate(int descriptor, long length);

    int fdatasync(int descriptor);

    int flock(int descriptor, int operation);

    /** cachestat(2), which the C library has no name for. Six arguments would be passed wrongly by jnr-ffi. */
    long syscall(long number, long descriptor, long range, long result, long flags);

    /** The seventh argument is none: jnr-ffi passes six integers wrongly. */
    long mmap(long address, long length, int protection, int flags, int descriptor, long offset, long none);

    int munmap(long address, long length);

    int madvise(long address, long length, int advice);

    /** {@code vector} receives a byte for each page. */
    int mincore(long address, long length, long vector);

    int getpagesize();

    long sysconf(int name);

    int posix_fadvise(int descriptor, long offset, long length, int advice);
}
