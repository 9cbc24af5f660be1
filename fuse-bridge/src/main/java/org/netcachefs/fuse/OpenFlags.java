package org.netcachefs.fuse;

/**
 * The flags of an open(2), with Linux's values on x86-64 and arm64 where they agree; O_DIRECT etc. as the kernel sent them. {@code takesSetIds} when the
 * file system has to take set-id bits away as it truncates, as {@link WriteRequest#takesSetIds} says.
 */
public record OpenFlags(int bits, boolean takesSetIds) {
    public static final OpenFlags READ = new OpenFlags(0);
    public static final int O_WRONLY = 01;
    public static final int O_RDWR = 02;
    public static final int O_ACCMODE = 03;
    public static final int O_CREAT = 0100;
    public static final int O_EXCL = 0200;
    public static final int O_TRUNC = 01000;
    public static final int O_APPEND = 02000;
    public static final int O_NONBLOCK = 04000;
    public static final int O_DIRECT = 040000;

    /** The kernel's own, beside those of open(2). */
    public static final int FMODE_EXEC = 040;

    /** Where set-id bits are nobody's matter but the kernel's. */
    public OpenFlags(int bits) {
        this(bits, false);
    }

    public boolean reads() {
        return (bits & O_ACCMODE) != O_WRONLY;
    }

    public boolean writes() {
        return (bits & O_ACCMODE) != 0;
    }

    /** Whether the file is opened to run it, which may be allowed to who may not read it. */
    public boolean runs() {
        return (bits & FMODE_EXEC) != 0;
    }

    public boolean truncates() {
        return (bits & O_TRUNC) != 0;
    }

    public OpenFlags withoutTruncation() {
        return new OpenFlags(bits & ~O_TRUNC);
    }

    public boolean appends() {
        return (bits & O_APPEND) != 0;
    }

    public boolean direct() {
        return (bits & O_DIRECT) != 0;
    }
}
