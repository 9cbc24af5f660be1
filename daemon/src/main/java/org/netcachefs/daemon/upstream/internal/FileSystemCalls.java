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

    /** By the effective rights. libc's own function would, on older ones, ask for the daemon's whomever a thread acts for. */
    static void access(Actors actors, Scratch scratch, int descriptor, int mask) throws ErrnoException {
        long path = scratch.descriptorPath(descriptor);
        boolean own = actors.actor().isOwn();
        long result;
        do {
            result = own
                    ? Libc.C.faccessat(Libc.AT_FDCWD, path, mask, Libc.AT_EACCESS)
                    : actors.make(
                            () -> Libc.C.syscall(Libc.SYS_FACCESSAT2, Libc.AT_FDCWD, path, mask, Libc.AT_EACCESS));
        } while (result < 0 && Libc.interrupted());
        if (result < 0) {
            throw Libc.failure("access");
        }
    }
}
