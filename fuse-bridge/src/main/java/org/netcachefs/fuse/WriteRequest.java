package org.netcachefs.fuse;

/**
 * A write as the kernel sent it; the bytes travel beside it. {@code fromPageCache} when the kernel writes back dirty pages
 * of a mapping, which go to {@code offset} even on an appending handle; {@code takesSetIds} when the file system has to take set-id bits away, as the
 * caller must not keep them (CAP_FSETID) and the kernel leaves it to us.
 */
public record WriteRequest(
        Caller caller,
        long node,
        long handle,
        long offset,
        long lockOwner,
        OpenFlags flags,
        boolean fromPageCache,
        boolean takesSetIds) {}
