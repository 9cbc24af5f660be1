package org.netcachefs.fuse.internal.kernel;

import com.kenai.jffi.MemoryIO;
import com.kenai.jffi.PageManager;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.internal.Native;
import org.netcachefs.fuse.internal.protocol.AnswerLayout;
import org.netcachefs.fuse.internal.protocol.InitFlags;
import org.netcachefs.fuse.internal.protocol.Message;
import org.netcachefs.fuse.internal.protocol.Opcode;
import org.netcachefs.fuse.internal.protocol.RequestLayout;

/** What is agreed with the kernel when a mount begins: a pure function from FUSE_INIT to its answer. */
final class Negotiation {
    /** The most bytes one read, write or listing may have: 256 pages of 4 KiB, the kernel's own limit unless it is raised. */
    static final int LARGEST_REQUEST = 1 << 20;

    private static final int MAJOR = 7;
    /** Spoken here: that of the headers the layouts are from. */
    private static final int MINOR = 38;
    /** Linux 5.4. */
    private static final int OLDEST_MINOR = 31;
    /** So many readahead requests may be under way: those of files that hang must not hold up the others. */
    private static final int BACKGROUND = 8192;

    /**
     * What is taken of what the kernel offers. Not taken, for a reason: FUSE_WRITEBACK_CACHE (a write is upstream when it is
     * acknowledged), FUSE_EXPLICIT_INVAL_DATA (a reader that has the file open and mapped would get zeros after an append
     * upstream), FUSE_AUTO_INVAL_DATA (our own writes would drop the kernel's pages; an open says what may be kept),
     * FUSE_CACHE_SYMLINKS (a link replaced by one of the same number would keep its old target),
     * FUSE_ASYNC_DIO (the kernel waits for direct reads and writes so that no signal ends it),
     * FUSE_HANDLE_KILLPRIV (does not say by whose change set-id bits end; _V2 does),
     * FUSE_POSIX_ACL and FUSE_DONT_MASK (the umask is applied by the kernel).
     */
    private static final int WANTED = InitFlags.FUSE_ASYNC_READ
            | InitFlags.FUSE_POSIX_LOCKS
            | InitFlags.FUSE_ATOMIC_O_TRUNC
            | InitFlags.FUSE_BIG_WRITES
            | InitFlags.FUSE_FLOCK_LOCKS
            | InitFlags.FUSE_DO_READDIRPLUS
            | InitFlags.FUSE_READDIRPLUS_AUTO
            | InitFlags.FUSE_PARALLEL_DIROPS
            | InitFlags.FUSE_ABORT_ERROR
            | InitFlags.FUSE_MAX_PAGES
            | InitFlags.FUSE_HANDLE_KILLPRIV_V2
            | InitFlags.FUSE_INIT_EXT;

    private static final MemoryIO MEMORY = Native.MEMORY;

    private Negotiation() {}

    /**
     * Puts a {@code struct fuse_init_out} at {@code address}, with readahead of at most {@code readahead} bytes (0: the kernel's
     * own). False if only our version is said there: the kernel, which is of a later one, asks again by that.
     */
    static boolean answer(Message init, int readahead, long address) throws ErrnoException {
        if (init.opcode() != Opcode.INIT) {
            throw new ErrnoException(Errno.EPROTO, "the first request is " + Opcode.name(init.opcode()));
        }
        int major = init.getInt(RequestLayout.Init.MAJOR);
        int minor = init.getInt(RequestLayout.Init.MINOR);
        if (major < MAJOR || (major == MAJOR && minor < OLDEST_MINOR)) {
            throw new ErrnoException(
                    Errno.EPROTO,
                    "the kernel speaks FUSE " + major + "." + minor + ", 7.31 (Linux 5.4) or newer is needed; use"
                            + " --transport=libfuse");
        }
        MEMORY.setMemory(address, AnswerLayout.Init.SIZE, (byte) 0);
        MEMORY.putInt(address + AnswerLayout.Init.MAJOR, MAJOR);
        MEMORY.putInt(address + AnswerLayout.Init.MINOR, Math.min(MINOR, minor));
        if (major > MAJOR) {
            return false;
        }
        putLimits(address, init.getInt(RequestLayout.Init.MAX_READAHEAD), readahead);
        MEMORY.putInt(address + AnswerLayout.Init.FLAGS, init.getInt(RequestLayout.Init.FLAGS) & WANTED);
        return true;
    }

    private static void putLimits(long address, int offered, int readahead) {
        MEMORY.putInt(address + AnswerLayout.Init.MAX_READAHEAD, readahead > 0 ? readahead : offered);
        MEMORY.putShort(address + AnswerLayout.Init.MAX_BACKGROUND, (short) BACKGROUND);
        MEMORY.putShort(address + AnswerLayout.Init.CONGESTION_THRESHOLD, (short) BACKGROUND);
        MEMORY.putInt(address + AnswerLayout.Init.MAX_WRITE, LARGEST_REQUEST);
        MEMORY.putInt(address + AnswerLayout.Init.TIME_GRAN, 1);
        long pages = LARGEST_REQUEST / PageManager.getInstance().pageSize();
        MEMORY.putShort(address + AnswerLayout.Init.MAX_PAGES, (short) pages);
    }
}
