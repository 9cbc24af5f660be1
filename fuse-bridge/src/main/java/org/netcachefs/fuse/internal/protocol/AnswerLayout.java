package org.netcachefs.fuse.internal.protocol;

/** Where the members of answers and notices lie, in bytes from the start of their own struct, by the names of linux/fuse.h. */
public final class AnswerLayout {
    private AnswerLayout() {}

    /** {@code struct fuse_out_header}, at the start of each answer and notice. */
    public static final class Header {
        public static final int LEN = 0;
        /** A negative errno, or of a notice its {@code enum fuse_notify_code}. */
        public static final int ERROR = 4;

        public static final int UNIQUE = 8;
        public static final int SIZE = 16;

        private Header() {}
    }

    /** {@code struct fuse_attr}. */
    public static final class Attr {
        public static final int INO = 0;
        public static final int SIZE_BYTES = 8;
        public static final int BLOCKS = 16;
        public static final int ATIME = 24;
        public static final int MTIME = 32;
        public static final int CTIME = 40;
        public static final int ATIMENSEC = 48;
        public static final int MTIMENSEC = 52;
        public static final int CTIMENSEC = 56;
        public static final int MODE = 60;
        public static final int NLINK = 64;
        public static final int UID = 68;
        public static final int GID = 72;
        public static final int RDEV = 76;
        public static final int BLKSIZE = 80;
        public static final int FLAGS = 84;
        public static final int SIZE = 88;

        private Attr() {}
    }

    /** {@code struct fuse_entry_out}. */
    public static final class Entry {
        public static final int NODEID = 0;
        public static final int GENERATION = 8;
        public static final int ENTRY_VALID = 16;
        public static final int ATTR_VALID = 24;
        public static final int ENTRY_VALID_NSEC = 32;
        public static final int ATTR_VALID_NSEC = 36;
        public static final int ATTR = 40;
        public static final int SIZE = 128;

        private Entry() {}
    }

    /** {@code struct fuse_attr_out}. */
    public static final class Attributes {
        public static final int ATTR_VALID = 0;
        public static final int ATTR_VALID_NSEC = 8;
        public static final int DUMMY = 12;
        public static final int ATTR = 16;
        public static final int SIZE = 104;

        private Attributes() {}
    }

    /** {@code struct fuse_open_out}. */
    public static final class Open {
        public static final int FH = 0;
        public static final int OPEN_FLAGS = 8;
        public static final int PADDING = 12;
        public static final int SIZE = 16;
        public static final int FOPEN_DIRECT_IO = 1;
        public static final int FOPEN_KEEP_CACHE = 1 << 1;

        private Open() {}
    }

    /** {@code struct fuse_write_out}, {@code struct fuse_getxattr_out}: a size and padding. */
    public static final class Count {
        public static final int COUNT = 0;
        public static final int PADDING = 4;
        public static final int SIZE = 8;

        private Count() {}
    }

    /** {@code struct fuse_lseek_out}, {@code struct fuse_copy_file_range_out}. */
    public static final class Offset {
        public static final int OFFSET = 0;
        public static final int SIZE = 8;

        private Offset() {}
    }

    /** {@code struct fuse_kstatfs}. */
    public static final class Statfs {
        public static final int BLOCKS = 0;
        public static final int BFREE = 8;
        public static final int BAVAIL = 16;
        public static final int FILES = 24;
        public static final int FFREE = 32;
        public static final int BSIZE = 40;
        public static final int NAMELEN = 44;
        public static final int FRSIZE = 48;
        public static final int SIZE = 80;

        private Statfs() {}
    }

    /** {@code struct fuse_file_lock}, which is {@code struct fuse_lk_out} too; {@code TYPE} is an F_* value. */
    public static final class FileLock {
        public static final int START = 0;
        public static final int END = 8;
        public static final int TYPE = 16;
        public static final int PID = 20;
        public static final int SIZE = 24;

        private FileLock() {}
    }

    /** {@code struct fuse_dirent}; the name follows, and room up to a multiple of 8 bytes. */
    public static final class Dirent {
        public static final int INO = 0;
        public static final int OFF = 8;
        public static final int NAMELEN = 16;
        public static final int TYPE = 20;
        public static final int NAME = 24;

        private Dirent() {}

        /** FUSE_DIRENT_ALIGN. */
        public static int align(int size) {
            return (size + 7) & ~7;
        }
    }

    /** {@code struct fuse_init_out}. */
    public static final class Init {
        public static final int MAJOR = 0;
        public static final int MINOR = 4;
        public static final int MAX_READAHEAD = 8;
        public static final int FLAGS = 12;
        /** 16 bits. */
        public static final int MAX_BACKGROUND = 16;
        /** 16 bits. */
        public static final int CONGESTION_THRESHOLD = 18;

        public static final int MAX_WRITE = 20;
        public static final int TIME_GRAN = 24;
        /** 16 bits. */
        public static final int MAX_PAGES = 28;

        public static final int FLAGS2 = 32;
        public static final int SIZE = 64;

        private Init() {}
    }

    /** {@code struct fuse_notify_inval_inode_out}. */
    public static final class InvalInode {
        public static final int CODE = 2;
        public static final int INO = 0;
        public static final int OFF = 8;
        public static final int LEN = 16;
        public static final int SIZE = 24;

        private InvalInode() {}
    }

    /** {@code struct fuse_notify_inval_entry_out}; the name and a NUL follow. */
    public static final class InvalEntry {
        public static final int CODE = 3;
        public static final int PARENT = 0;
        public static final int NAMELEN = 8;
        public static final int FLAGS = 12;
        public static final int SIZE = 16;

        private InvalEntry() {}
    }

    /** {@code struct fuse_notify_store_out}; the bytes follow. */
    public static final class Store {
        public static final int CODE = 4;
        public static final int NODEID = 0;
        public static final int OFFSET = 8;
        public static final int BYTES = 16;
        public static final int PADDING = 20;
        public static final int SIZE = 24;

        private Store() {}
    }

    /** {@code struct fuse_notify_delete_out}; the name and a NUL follow. */
    public static final class Delete {
        public static final int CODE = 6;
        public static final int PARENT = 0;
        public static final int CHILD = 8;
        public static final int NAMELEN = 16;
        public static final int PADDING = 20;
        public static final int SIZE = 24;

        private Delete() {}
    }
}
