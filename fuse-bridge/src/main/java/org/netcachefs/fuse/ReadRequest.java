package org.netcachefs.fuse;

/** A read as the kernel sent it: {@code length} bytes at byte {@code offset} of the file open as {@code handle}. */
public record ReadRequest(
        Caller caller, long node, long handle, long offset, int length, long lockOwner, OpenFlags flags) {}
