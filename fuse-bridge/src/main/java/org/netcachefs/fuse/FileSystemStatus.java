package org.netcachefs.fuse;

/** What statfs(2) shows: sizes in units of {@code blockSize} bytes, {@code nameLength} in bytes. */
public record FileSystemStatus(
        int blockSize,
        long blocks,
        long freeBlocks,
        long availableBlocks,
        long files,
        long freeFiles,
        int nameLength) {}
