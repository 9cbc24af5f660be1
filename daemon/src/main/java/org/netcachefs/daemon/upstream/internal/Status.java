package org.netcachefs.daemon.upstream.internal;

import jnr.ffi.Pointer;
import org.netcachefs.fuse.Attributes;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileType;
import org.netcachefs.fuse.Timestamp;

/** struct statx, filled into a {@link Scratch} by {@link #fill} and read from there until its next use. */
final class Status {
    private static final int BASIC = 0x7ff;
    private static final int BIRTH_TIME = 0x800;
    private static final int MOUNT_ID = 0x1000;
    private static final long AUTOMOUNT = 0x1000;

    private Status() {}

    /** Asks for the object a descriptor stands for; {@code sync} is one of AT_STATX_*, or 0. */
    static void fill(Scratch scratch, int descriptor, int sync) throws ErrnoException {
        int result;
        do {
            result = Libc.C.statx(
                    descriptor,
                    scratch.empty(),
                    Libc.AT_EMPTY_PATH | sync,
                    BASIC | BIRTH_TIME | MOUNT_ID,
                    scratch.at(Scratch.STATUS));
        } while (result < 0 && Libc.interrupted());
        if (result < 0) {
            throw Libc.failure("statx");
        }
    }

    static Attributes attributes(Scratch scratch) {
        Pointer s = scratch.memory();
        return new Attributes(
                inode(scratch),
                mode(scratch),
                s.getInt(16),
                s.getInt(20),
                s.getInt(24),
                encode(s.getInt(128), s.getInt(132)),
                s.getLong(40),
                s.getLong(48),
                s.getInt(4),
                timestamp(s, 64),
                timestamp(s, 112),
                timestamp(s, 96));
    }

    static long inode(Scratch scratch) {
        return scratch.memory().getLong(32);
    }

    static int mode(Scratch scratch) {
        return scratch.memory().getShort(28) & 0xffff;
    }

    /** Major and minor number of the device the object lies on. */
    static long device(Scratch scratch) {
        return (long) scratch.memory().getInt(136) << 32 | (scratch.memory().getInt(140) & 0xffffffffL);
    }

    /** The id of the mount the object lies on, or -1 from kernels before 5.8. */
    static long mountId(Scratch scratch) {
        return (mask(scratch) & MOUNT_ID) != 0 ? scratch.memory().getLong(144) : -1;
    }

    static boolean hasBirthTime(Scratch scratch) {
        return (mask(scratch) & BIRTH_TIME) != 0;
    }

    static long birthSeconds(Scratch scratch) {
        return scratch.memory().getLong(80);
    }

    static int birthNanos(Scratch scratch) {
        return scratch.memory().getInt(88);
    }

    /** Whether this is a directory on which something is mounted once it is entered. */
    static boolean isAutomountPoint(Scratch scratch) {
        return (scratch.memory().getLong(8) & AUTOMOUNT) != 0 && FileType.ofMode(mode(scratch)) == FileType.DIRECTORY;
    }

    private static int mask(Scratch scratch) {
        return scratch.memory().getInt(0);
    }

    private static Timestamp timestamp(Pointer s, int offset) {
        return new Timestamp(s.getLong(offset), Math.min(Math.max(s.getInt(offset + 8), 0), 999_999_999));
    }

    /** The kernel's 32-bit encoding of a device number. */
    private static int encode(int major, int minor) {
        return (minor & 0xff) | (major << 8) | ((minor & ~0xff) << 12);
    }
}
