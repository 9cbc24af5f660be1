package org.netcachefs.fuse.internal.libfuse;

import jnr.ffi.Struct;
import org.netcachefs.fuse.internal.Native;
import ru.serce.jnrfuse.struct.FileStat;
import ru.serce.jnrfuse.struct.FuseFileInfo;
import ru.serce.jnrfuse.struct.Statvfs;
import ru.serce.jnrfuse.struct.Timespec;

/**
 * Where the members of libfuse's structs lie, in bytes: taken once from jnr-fuse's definitions, so that an operation touches
 * memory directly and makes no wrapper objects (measured: 0.75 to 2.1 KB of garbage a call).
 */
final class Layout {
    private Layout() {}

    /** {@code struct stat}. */
    static final class Stat {
        static final int SIZE;
        static final long INODE;
        static final long LINKS;
        static final long MODE;
        static final long UID;
        static final long GID;
        static final long DEVICE;
        static final long FILE_SIZE;
        static final long BLOCK_SIZE;
        static final long BLOCKS;
        static final long ACCESSED;
        static final long MODIFIED;
        static final long CHANGED;

        static {
            FileStat stat = new FileStat(Native.RUNTIME);
            SIZE = Struct.size(stat);
            INODE = stat.st_ino.offset();
            LINKS = stat.st_nlink.offset();
            MODE = stat.st_mode.offset();
            UID = stat.st_uid.offset();
            GID = stat.st_gid.offset();
            DEVICE = stat.st_rdev.offset();
            FILE_SIZE = stat.st_size.offset();
            BLOCK_SIZE = stat.st_blksize.offset();
            BLOCKS = stat.st_blocks.offset();
            ACCESSED = stat.st_atim.tv_sec.offset();
            MODIFIED = stat.st_mtim.tv_sec.offset();
            CHANGED = stat.st_ctim.tv_sec.offset();
        }

        private Stat() {}
    }

    /** {@code struct timespec}. */
    static final class Time {
        static final long NANOS;
        static final int SIZE;

        static {
            Timespec time = Timespec.of(Native.RUNTIME.getMemoryManager().allocateDirect(64));
            NANOS = time.tv_nsec.offset();
            SIZE = Struct.size(time);
        }

        private Time() {}
    }

    /** {@code struct fuse_file_info}; the bit field is what jnr-fuse has as padding. */
    static final class FileInfo {
        static final long FLAGS;
        static final long BITS = 20;
        static final int DIRECT_IO = 1;
        static final int KEEP_CACHE = 1 << 1;
        static final long HANDLE;
        static final long LOCK_OWNER;

        static {
            FuseFileInfo info =
                    FuseFileInfo.of(Native.RUNTIME.getMemoryManager().allocateDirect(64));
            FLAGS = info.flags.offset();
            HANDLE = info.fh.offset();
            LOCK_OWNER = info.lock_owner.offset();
        }

        private FileInfo() {}
    }

    /** {@code struct statvfs}. */
    static final class FileSystemStat {
        static final long BLOCK_SIZE;
        static final long FRAGMENT_SIZE;
        static final long BLOCKS;
        static final long FREE_BLOCKS;
        static final long AVAILABLE_BLOCKS;
        static final long FILES;
        static final long FREE_FILES;
        static final long NAME_LENGTH;

        static {
            Statvfs stat = Statvfs.of(Native.RUNTIME.getMemoryManager().allocateDirect(256));
            BLOCK_SIZE = stat.f_bsize.offset();
            FRAGMENT_SIZE = stat.f_frsize.offset();
            BLOCKS = stat.f_blocks.offset();
            FREE_BLOCKS = stat.f_bfree.offset();
            AVAILABLE_BLOCKS = stat.f_bavail.offset();
            FILES = stat.f_files.offset();
            FREE_FILES = stat.f_ffree.offset();
            NAME_LENGTH = stat.f_namemax.offset();
        }

        private FileSystemStat() {}
    }

    /** {@code struct fuse_buf} as the session calls use it. */
    static final class Buffer {
        static final long SIZE = 0;
        static final long FLAGS = 8;
        static final long MEMORY = 16;
        static final long DESCRIPTOR = 24;
        static final int STRUCT_SIZE = 40;

        private Buffer() {}
    }
}
