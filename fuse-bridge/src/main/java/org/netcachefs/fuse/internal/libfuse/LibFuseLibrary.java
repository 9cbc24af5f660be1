package org.netcachefs.fuse.internal.libfuse;

import jnr.ffi.LibraryLoader;
import jnr.ffi.LibraryOption;
import org.netcachefs.fuse.MountException;

/** The native library, loaded once. */
final class LibFuseLibrary {
    private LibFuseLibrary() {}

    private static final class Holder {
        static final LibFuse LIBFUSE = load();

        private static LibFuse load() {
            return LibraryLoader.create(LibFuse.class)
                    .failImmediately()
                    .option(LibraryOption.IgnoreError, true)
                    .load("libfuse.so.2");
        }
    }

    static LibFuse get() throws MountException {
        try {
            return Holder.LIBFUSE;
        } catch (LinkageError e) {
            throw new MountException(
                    MountException.Reason.SYSTEM_MISSING,
                    "the library libfuse.so.2 is missing; install it with: apt-get install libfuse2");
        }
    }
}
