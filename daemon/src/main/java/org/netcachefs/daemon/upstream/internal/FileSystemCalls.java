package org.netcachefs.daemon.upstream.internal;

import jnr.ffi.Pointer;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileSystemStatus;

/** fstatfs and faccessat. */
final class FileSystemCalls {
    private FileSystemCalls() {}

    static FileSystemStatus statfs(Scratch scratch, int descriptor) throws ErrnoException {
        int result;
        do {
            result = Libc.C.fstatfs(descriptor, scratch.at(Scratch.STATUS));
        } while (result < 0 && Libc.interrupted());
        if (result < 0) {
            throw Libc.failure("fstatfs");
        }
        return of(scratch.memory());
    }

    /** From struct statfs; counts are in units of f_frsize where that is given. */
    private static FileSystemStatus of(Pointer s) {
        long unit = s.getLong(72) > 0 ? s.getLong(72) : s.getLong(8);
        return new FileSystemStatus(
                (int) unit, s.getLong(16), s.getLong(24), s.getLong(32), s.getLong(40), s.getLong(48), (int)
                        s.getLong(64));
    }

    /** As the daemon's effective user. */
    static void access(Scratch scratch, int descriptor, int mask) throws ErrnoException {
        int result;
        do {
            result = Libc.C.faccessat(Libc.AT_FDCWD, scratch.descriptorPath(descriptor), mask, Libc.AT_EACCESS);
        } while (result < 0 && Libc.interrupted());
        if (result < 0) {
            throw Libc.failure("access");
        }
    }
}
