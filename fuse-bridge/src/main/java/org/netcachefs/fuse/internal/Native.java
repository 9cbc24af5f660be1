package org.netcachefs.fuse.internal;

import com.kenai.jffi.MemoryIO;
import java.nio.ByteBuffer;
import jnr.ffi.LibraryLoader;
import jnr.ffi.LibraryOption;
import jnr.ffi.Runtime;
import org.netcachefs.fuse.Errno;

/** The native libraries, loaded once, and raw memory. */
public final class Native {
    /** Reads and writes at addresses; nothing is checked. */
    public static final MemoryIO MEMORY = MemoryIO.getInstance();

    public static final Runtime RUNTIME = Runtime.getSystemRuntime();

    private Native() {}

    private static final class LibcHolder {
        static final Libc LIBC = LibraryLoader.create(Libc.class)
                .option(LibraryOption.SaveError, true)
                .load("c");
    }

    public static Libc libc() {
        return LibcHolder.LIBC;
    }

    /** Where a direct buffer's position is. */
    public static long addressOf(ByteBuffer direct) {
        return MEMORY.getDirectBufferAddress(direct) + direct.position();
    }

    /** The errno the last call of libc on this thread left. */
    public static Errno lastErrno() {
        return Errno.of(RUNTIME.getLastError());
    }
}
