package org.netcachefs.fuse.internal.kernel;

import jnr.ffi.Pointer;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.internal.Libc;
import org.netcachefs.fuse.internal.Native;

/** Descriptors of /dev/fuse. */
final class Device {
    private static final String PATH = "/dev/fuse";
    /** {@code _IOR(229, 0, uint32_t)}. */
    private static final long FUSE_DEV_IOC_CLONE = 0x8004e500L;

    private Device() {}

    static int open() throws ErrnoException {
        return open(0);
    }

    private static int open(int flags) throws ErrnoException {
        int descriptor = Native.libc().open(PATH, Libc.O_RDWR | Libc.O_CLOEXEC | flags);
        if (descriptor < 0) {
            throw new ErrnoException(Native.lastErrno(), "opening " + PATH);
        }
        return descriptor;
    }

    /** Another descriptor for requests of the mount of {@code device}: an answer goes out where its request came in. {@code flags}: of open(2). */
    static int cloneOf(int device, int flags) throws ErrnoException {
        int clone = open(flags);
        Pointer argument = Native.RUNTIME.getMemoryManager().allocateDirect(Integer.BYTES);
        argument.putInt(0, device);
        if (Native.libc().ioctl(clone, FUSE_DEV_IOC_CLONE, argument.address()) != 0) {
            Errno errno = Native.lastErrno();
            close(clone);
            throw new ErrnoException(errno, "FUSE_DEV_IOC_CLONE");
        }
        return clone;
    }

    static void close(int descriptor) {
        int ignored = Native.libc().close(descriptor);
    }
}
