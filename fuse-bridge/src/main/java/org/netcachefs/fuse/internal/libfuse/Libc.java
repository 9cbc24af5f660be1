package org.netcachefs.fuse.internal.libfuse;

import jnr.ffi.annotations.SaveError;

/** What the transport calls of libc; addresses as {@code long}. Public for jnr-ffi only. */
public interface Libc {
    /** umount2(2): fail pending requests. */
    int MNT_FORCE = 1;
    /** umount2(2): detach now, clean up when no longer busy. */
    int MNT_DETACH = 2;

    @SaveError
    long pread(int descriptor, long buffer, long length, long offset);

    @SaveError
    long write(int descriptor, long buffer, long length);

    @SaveError
    int statfs(String path, long buffer);

    @SaveError
    int umount2(String target, int flags);

    int geteuid();
}
