package org.netcachefs.fuse;

import org.jspecify.annotations.Nullable;

/** What a setattr changes; null leaves alone. {@code size} in bytes; a time of {@link #NOW} is upstream's own present. {@code handle} is the open handle it came through (ftruncate), if any; {@code takesSetIds} when the file system has to take set-id bits away as it changes the size, as {@link WriteRequest#takesSetIds} says. */
public record SetAttributes(
        @Nullable Integer mode,
        @Nullable Integer uid,
        @Nullable Integer gid,
        @Nullable Long size,
        @Nullable Timestamp accessed,
        @Nullable Timestamp modified,
        @Nullable Long handle,
        boolean takesSetIds) {
    /** Compared by identity. */
    public static final Timestamp NOW = new Timestamp(Long.MIN_VALUE, 0);

    /** Where set-id bits are nobody's matter but the kernel's. */
    public SetAttributes(
            @Nullable Integer mode,
            @Nullable Integer uid,
            @Nullable Integer gid,
            @Nullable Long size,
            @Nullable Timestamp accessed,
            @Nullable Timestamp modified,
            @Nullable Long handle) {
        this(mode, uid, gid, size, accessed, modified, handle, false);
    }
}
