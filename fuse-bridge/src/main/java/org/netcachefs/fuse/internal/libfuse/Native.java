package org.netcachefs.fuse.internal.libfuse;

import com.kenai.jffi.MemoryIO;
import jnr.ffi.LibraryLoader;
import jnr.ffi.LibraryOption;
import jnr.ffi.Runtime;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.MountException;

/** The native libraries, loaded once, and raw memory. */
final class Native {
    /** Reads and writes at addresses; nothing is checked. */
    static final MemoryIO MEMORY = MemoryIO.getInstance();

    static final Runtime RUNTIME = Runtime.getSystemRuntime();

    private Native() {}

    private static final class LibcHolder {
        static final Libc LIBC = LibraryLoader.create(Libc.class)
                .option(LibraryOption.SaveError, true)
                .load("c");
    }

    private static final class LibFuseHolder {
        static final LibFuse LIBFUSE = load();

        private static LibFuse load() {
            return LibraryLoader.create(LibFuse.class)
                    .failImmediately()
                    .option(LibraryOption.IgnoreError, true)
                    .load("libfuse.so.2");
        }
    }

    static Libc libc() {
        return LibcHolder.LIBC;
    }

    static LibFuse libfuse() throws MountException {
        try {
            return LibFuseHolder.LIBFUSE;
        } catch (LinkageError e) {
            throw new MountException(
                    MountException.Reason.SYSTEM_MISSING,
                    "the library libfuse.so.2 is missing; install it with: apt-get install libfuse2");
        }
    }

    /** The errno the last call of libc on this thread left. */
    static Errno lastErrno() {
        return Errno.of(RUNTIME.getLastError());
    }
}
