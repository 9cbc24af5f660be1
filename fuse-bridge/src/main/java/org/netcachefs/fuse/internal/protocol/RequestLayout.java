package org.netcachefs.fuse.internal.protocol;

/**
 * Where the members of the kernel's requests lie, in bytes from the start of the message, by the names of linux/fuse.h. What
 * follows a struct (names, the bytes of a write) begins at its {@code END}.
 */
public final class RequestLayout {
    private RequestLayout() {}

    /** {@code struct fuse_in_header}, at the start of each request. */
    public static final class Header {
        public static final int LEN = 0;
        public static final int OPCODE = 4;
        public static final int UNIQUE = 8;
        public static final int NODEID = 16;
        public static final int UID = 24;
        public static final int GID = 28;
        /** The id of the thread that asks. */
        public static final int PID = 32;

        public static final int END = 40;

        private Header() {}
    }

    /** {@code struct fuse_init_in}; kernels before 7.36 send no {@code flags2}. */
    public static final class Init {
        public static final int MAJOR = 40;
        public static final int MINOR = 44;
        public static final int MAX_READAHEAD = 48;
        public static final int FLAGS = 52;
        public static final int FLAGS2 = 56;

        private Init() {}
    }

    /** {@code struct fuse_forget_in}. */
    public static final class Forget {
        public static final int NLOOKUP = 40;

        private Forget() {}
    }

    /** {@code struct fuse_batch_forget_in}, followed by {@code count} of {@code struct fuse_forget_one}. */
    public static final class BatchForget {
        public static final int COUNT = 40;
        public static final int END = 48;
        public static final int ONE_SIZE = 16;
        /** Within one. */
        public static final int ONE_NLOOKUP = 8;

        private BatchForget() {}
    }

    /** {@code struct fuse_getattr_in}. */
    public static final class Getattr {
        public static final int FLAGS = 40;
        public static final int FH = 48;
        public static final int FUSE_GETATTR_FH = 1;

        private Getattr() {}
    }

    /** {@code struct fuse_setattr_in}. */
    public static final class Setattr {
        public static final int VALID = 40;
        public static final int FH = 48;
        public static final int SIZE = 56;
        public static final int ATIME = 72;
        public static final int MTIME = 80;
        public static final int ATIMENSEC = 96;
        public static final int MTIMENSEC = 100;
        public static final int MODE = 108;
        public static final int UID = 116;
        public static final int GID = 120;

        public static final int FATTR_MODE = 1;
        public static final int FATTR_UID = 1 << 1;
        public static final int FATTR_GID = 1 << 2;
        public static final int FATTR_SIZE = 1 << 3;
        public static final int FATTR_ATIME = 1 << 4;
        public static final int FATTR_MTIME = 1 << 5;
        public static final int FATTR_FH = 1 << 6;
        public static final int FATTR_ATIME_NOW = 1 << 7;
        public static final int FATTR_MTIME_NOW = 1 << 8;
        public static final int FATTR_KILL_SUIDGID = 1 << 11;

        private Setattr() {}
    }

    /** {@code struct fuse_mknod_in}. */
    public static final class Mknod {
        public static final int MODE = 40;
        public static final int RDEV = 44;
        public static final int END = 56;

        private Mknod() {}
    }

    /** {@code struct fuse_mkdir_in}. */
    public static final class Mkdir {
        public static final int MODE = 40;
        public static final int END = 48;

        private Mkdir() {}
    }

    /** {@code struct fuse_rename_in} and {@code struct fuse_rename2_in}. */
    public static final class Rename {
        public static final int NEWDIR = 40;
        public static final int END = 48;
        public static final int FLAGS = 48;
        public static final int END2 = 56;

        private Rename() {}
    }

    /** {@code struct fuse_link_in}. */
    public static final class Link {
        public static final int OLDNODEID = 40;
        public static final int END = 48;

        private Link() {}
    }

    /** {@code struct fuse_open_in}. */
    public static final class Open {
        public static final int FLAGS = 40;
        public static final int OPEN_FLAGS = 44;

        /** {@code open_flags}, of CREATE too: set-id bits are to be taken away if it truncates. */
        public static final int FUSE_OPEN_KILL_SUIDGID = 1;

        private Open() {}
    }

    /** {@code struct fuse_create_in}, of TMPFILE too. */
    public static final class Create {
        public static final int FLAGS = 40;
        public static final int MODE = 44;
        public static final int OPEN_FLAGS = 52;
        public static final int END = 56;

        private Create() {}
    }

    /** {@code struct fuse_release_in}. */
    public static final class Release {
        public static final int FH = 40;
        public static final int FLAGS = 48;
        public static final int LOCK_OWNER = 56;

        private Release() {}
    }

    /** {@code struct fuse_flush_in}. */
    public static final class Flush {
        public static final int FH = 40;
        public static final int LOCK_OWNER = 56;

        private Flush() {}
    }

    /** {@code struct fuse_read_in} (of READ, READDIR and READDIRPLUS) and {@code struct fuse_write_in}, which agree. */
    public static final class Data {
        public static final int FH = 40;
        public static final int OFFSET = 48;
        public static final int SIZE = 56;
        /** {@code read_flags}, {@code write_flags}. */
        public static final int KIND = 60;

        public static final int LOCK_OWNER = 64;
        public static final int FLAGS = 72;
        public static final int END = 80;

        /** {@code write_flags}: the kernel writes back dirty pages. */
        public static final int FUSE_WRITE_CACHE = 1;

        /** {@code write_flags}: set-id bits are to be taken away. */
        public static final int FUSE_WRITE_KILL_SUIDGID = 1 << 2;

        private Data() {}
    }

    /** {@code struct fuse_fsync_in}. */
    public static final class Fsync {
        public static final int FH = 40;
        public static final int FLAGS = 48;
        public static final int FUSE_FSYNC_FDATASYNC = 1;

        private Fsync() {}
    }

    /** {@code struct fuse_setxattr_in}, as long as it is without FUSE_SETXATTR_EXT. */
    public static final class Setxattr {
        public static final int SIZE = 40;
        public static final int FLAGS = 44;
        public static final int END = 48;

        private Setxattr() {}
    }

    /** {@code struct fuse_getxattr_in}, of LISTXATTR too. */
    public static final class Getxattr {
        public static final int SIZE = 40;
        public static final int END = 48;

        private Getxattr() {}
    }

    /** {@code struct fuse_lk_in}; {@code LOCK} is a {@link AnswerLayout.FileLock}. */
    public static final class Lock {
        public static final int FH = 40;
        public static final int OWNER = 48;
        public static final int LOCK = 56;
        public static final int FLAGS = 80;
        public static final int FUSE_LK_FLOCK = 1;

        private Lock() {}
    }

    /** {@code struct fuse_access_in}. */
    public static final class Access {
        public static final int MASK = 40;

        private Access() {}
    }

    /** {@code struct fuse_interrupt_in}: the number of the request whose thread got a signal. */
    public static final class Interrupt {
        public static final int UNIQUE = 40;

        private Interrupt() {}
    }

    /** {@code struct fuse_fallocate_in}. */
    public static final class Fallocate {
        public static final int FH = 40;
        public static final int OFFSET = 48;
        public static final int LENGTH = 56;
        public static final int MODE = 64;

        private Fallocate() {}
    }

    /** {@code struct fuse_lseek_in}. */
    public static final class Lseek {
        public static final int FH = 40;
        public static final int OFFSET = 48;
        public static final int WHENCE = 56;

        private Lseek() {}
    }

    /** {@code struct fuse_copy_file_range_in}. */
    public static final class CopyFileRange {
        public static final int FH_IN = 40;
        public static final int OFF_IN = 48;
        public static final int NODEID_OUT = 56;
        public static final int FH_OUT = 64;
        public static final int OFF_OUT = 72;
        public static final int LEN = 80;

        private CopyFileRange() {}
    }
}
