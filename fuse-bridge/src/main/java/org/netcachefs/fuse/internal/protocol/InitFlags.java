package org.netcachefs.fuse.internal.protocol;

/** Bits of {@code fuse_init_in.flags} and {@code fuse_init_out.flags}: what the kernel offers and what of it is taken. */
public final class InitFlags {
    /** Several reads of one open file at once. */
    public static final int FUSE_ASYNC_READ = 1;

    public static final int FUSE_POSIX_LOCKS = 1 << 1;
    /** OPEN truncates, without a SETATTR before it. */
    public static final int FUSE_ATOMIC_O_TRUNC = 1 << 3;

    public static final int FUSE_BIG_WRITES = 1 << 5;
    public static final int FUSE_FLOCK_LOCKS = 1 << 10;
    public static final int FUSE_DO_READDIRPLUS = 1 << 13;
    public static final int FUSE_READDIRPLUS_AUTO = 1 << 14;
    /** O_DIRECT requests of one call go out side by side. */
    public static final int FUSE_ASYNC_DIO = 1 << 15;

    public static final int FUSE_WRITEBACK_CACHE = 1 << 16;
    public static final int FUSE_PARALLEL_DIROPS = 1 << 18;
    /** ECONNABORTED from the device after an abort, to tell it from an unmount. */
    public static final int FUSE_ABORT_ERROR = 1 << 21;

    public static final int FUSE_MAX_PAGES = 1 << 22;
    public static final int FUSE_CACHE_SYMLINKS = 1 << 23;
    public static final int FUSE_EXPLICIT_INVAL_DATA = 1 << 25;
    public static final int FUSE_HANDLE_KILLPRIV_V2 = 1 << 28;
    /** {@code flags2} are there. */
    public static final int FUSE_INIT_EXT = 1 << 30;

    private InitFlags() {}
}
