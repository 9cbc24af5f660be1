package org.netcachefs.daemon.upstream.internal;

import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.ffi.annotations.IgnoreError;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;

/** The functions of libc that reach upstream, with plain numbers for descriptors and addresses. Thread-safe; errno is the calling thread's. */
final class Libc {
    static final int AT_FDCWD = -100;
    static final int AT_EMPTY_PATH = 0x1000;
    static final int AT_EACCESS = 0x200;
    static final int AT_STATX_FORCE_SYNC = 0x2000;
    static final int AT_STATX_DONT_SYNC = 0x4000;

    static final int O_RDONLY = 0;
    static final int O_ACCMODE = 3;
    static final int O_CREAT = 0x40;
    static final int O_EXCL = 0x80;
    static final int O_DSYNC = 0x1000;
    static final int O_SYNC = 0x101000;
    static final int O_CLOEXEC = 0x80000;
    static final int O_PATH = 0x200000;
    static final int O_NOATIME = 0x40000;
    static final int O_DIRECTORY = IsArm.YES ? 0x4000 : 0x10000;
    static final int O_NOFOLLOW = IsArm.YES ? 0x8000 : 0x20000;
    static final int O_TMPFILE = 0x400000 | O_DIRECTORY;

    static final int AT_REMOVEDIR = 0x200;
    static final int AT_SYMLINK_FOLLOW = 0x400;
    static final int CLONE_FS = 0x200;
    static final int RWF_APPEND = 0x10;
    static final int SEEK_CUR = 1;
    static final long UTIME_NOW = (1 << 30) - 1;
    static final long UTIME_OMIT = (1 << 30) - 2;

    static final long SYS_SETGROUPS = IsArm.YES ? 159 : 116;
    static final long SYS_SETFSUID = IsArm.YES ? 151 : 122;
    static final long SYS_SETFSGID = IsArm.YES ? 152 : 123;
    static final long SYS_FACCESSAT2 = 439;

    static final int F_DUPFD_CLOEXEC = 1030;
    static final int F_OFD_GETLK = 36;
    static final int F_OFD_SETLK = 37;
    static final short F_RDLCK = 0;
    static final short F_WRLCK = 1;
    static final short F_UNLCK = 2;
    static final int LOCK_SH = 1;
    static final int LOCK_EX = 2;
    static final int LOCK_NB = 4;
    static final int LOCK_UN = 8;

    static final int R_OK = 4;
    static final int X_OK = 1;

    static final int POSIX_FADV_RANDOM = 1;
    static final int POSIX_FADV_DONTNEED = 4;

    /** The functions; errno is saved by each but those marked. */
    static final Calls C = LibraryLoader.create(Calls.class).load("c");

    private static final Runtime RUNTIME = Runtime.getRuntime(C);

    private Libc() {}

    /** Native memory of {@code bytes} zeros, freed when it is no longer reachable. */
    static Pointer allocate(int bytes) {
        return RUNTIME.getMemoryManager().allocateDirect(bytes, true);
    }

    /** A new descriptor, or a negative number. */
    static int open(int directory, long path, int flags) {
        return open(directory, path, flags, 0);
    }

    static int open(int directory, long path, int flags, int mode) {
        int number;
        do {
            number = C.openat(directory, path, flags, mode);
        } while (number < 0 && interrupted());
        return number;
    }

    /** Whether the call that just failed on this thread was interrupted by a signal and is to be made again. */
    static boolean interrupted() {
        return RUNTIME.getLastError() == Errno.EINTR.number();
    }

    static Errno lastErrno() {
        return Errno.of(RUNTIME.getLastError());
    }

    /** The failure of the call just made on this thread. */
    static ErrnoException failure(String what) {
        return new ErrnoException(lastErrno(), what);
    }

    /** Declared as libc declares them; {@code long} for addresses, so that no call makes garbage. */
    public interface Calls {
        int openat(int directory, long path, int flags, int mode);

        int close(int descriptor);

        int statx(int directory, long path, int flags, int mask, long status);

        int name_to_handle_at(int directory, long path, long handle, long mountId, int flags);

        long pread(int descriptor, long to, long length, long offset);

        long getdents64(int descriptor, long to, long length);

        long readlinkat(int directory, long path, long to, long length);

        int fstatfs(int descriptor, long status);

        long getxattr(long path, long name, long to, long length);

        long listxattr(long path, long to, long length);

        int faccessat(int directory, long path, int mask, int flags);

        long pwrite(int descriptor, long from, long length, long offset);

        long pwritev2(int descriptor, long pieces, int count, long offset, int flags);

        long lseek(int descriptor, long offset, int whence);

        int ftruncate(int descriptor, long size);

        int truncate(long path, long size);

        int fallocate(int descriptor, int mode, long offset, long length);

        int fsync(int descriptor);

        int fdatasync(int descriptor);

        int dup(int descriptor);

        /** {@code unused}: with six integers the last would arrive as garbage. */
        long copy_file_range(int from, long offset, int to, long toOffset, long length, int flags, int unused);

        /** For commands whose argument is an address, or a number as long. */
        int fcntl(int descriptor, int command, long argument);

        int flock(int descriptor, int operation);

        int unshare(int what);

        @IgnoreError
        int umask(int mask);

        int mkdirat(int directory, long path, int mode);

        int mknodat(int directory, long path, int mode, long device);

        int symlinkat(long target, int directory, long path);

        int linkat(int directory, long path, int newDirectory, long newPath, int flags);

        int renameat2(int directory, long path, int newDirectory, long newPath, int flags);

        int unlinkat(int directory, long path, int flags);

        int fchmodat(int directory, long path, int mode, int flags);

        int fchownat(int directory, long path, int uid, int gid, int flags);

        int utimensat(int directory, long path, long times, int flags);

        int setxattr(long path, long name, long value, long length, int flags);

        int removexattr(long path, long name);

        @IgnoreError
        int geteuid();

        int getgroups(int most, long to);

        /** Of the calling thread. */
        int capget(long header, long data);

        /** Of the calling thread. Leaves the saved errno alone. */
        @IgnoreError
        int capset(long header, long data);

        /** For what libc has no function that concerns the calling thread alone. Leaves the saved errno alone. */
        @IgnoreError
        long syscall(long number, long first, long second);

        long syscall(long number, long first, long second, long third, long fourth);

        /** Answers the errno itself. */
        @IgnoreError
        int posix_fadvise(int descriptor, long offset, long length, int advice);
    }

    /** Two open flags differ there. */
    private static final class IsArm {
        static final boolean YES = System.getProperty("os.arch", "").equals("aarch64");

        private IsArm() {}
    }
}
