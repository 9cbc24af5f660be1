package org.netcachefs.store.internal.data;

import com.kenai.jffi.MemoryIO;
import java.nio.ByteBuffer;
import jnr.ffi.LibraryLoader;
import jnr.ffi.LibraryOption;
import jnr.ffi.Runtime;

/** The C library, and addresses of direct buffers. Thread-safe. */
public final class Native {
    static final int EPERM = 1;
    public static final int EINTR = 4;
    public static final int EIO = 5;
    public static final int EAGAIN = 11;
    static final int EINVAL = 22;
    public static final int ENOSPC = 28;
    public static final int EOPNOTSUPP = 95;

    static final int O_RDWR = 2;
    /** As {@code asm-generic/fcntl.h} has it; arm64 has its own. */
    static final int O_DIRECT = System.getProperty("os.arch").equals("aarch64") ? 0x10000 : 0x4000;

    static final int O_NOATIME = 01000000;
    static final int O_CREAT = 0x40;
    static final int O_CLOEXEC = 0x80000;

    static final Libc LIBC = LibraryLoader.create(Libc.class)
            .option(LibraryOption.SaveError, true)
            .load("c");
    private static final Runtime RUNTIME = Runtime.getRuntime(LIBC);
    private static final MemoryIO MEMORY = MemoryIO.getInstance();

    private Native() {}

    /** The address of byte 0 of a direct buffer. Allocates nothing. */
    public static long address(ByteBuffer direct) {
        return MEMORY.getDirectBufferAddress(direct);
    }

    static int errno() {
        return RUNTIME.getLastError();
    }

    static long allocate(int bytes) {
        return MEMORY.allocateMemory(bytes, true);
    }

    static void free(long address) {
        MEMORY.freeMemory(address);
    }

    static long getLong(long address) {
        return MEMORY.getLong(address);
    }

    static byte getByte(long address) {
        return MEMORY.getByte(address);
    }

    static void putLong(long address, long value) {
        MEMORY.putLong(address, value);
    }
}
