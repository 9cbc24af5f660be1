package org.netcachefs.fuse;

/**
 * What stat(2) shows of a file. {@code size} in bytes, {@code blocks} in units of 512 bytes, {@code mode} with type bits,
 * {@code device} the rdev of a device node in the kernel's 32-bit encoding.
 */
public record Attributes(
        long inode,
        int mode,
        int links,
        int uid,
        int gid,
        int device,
        long size,
        long blocks,
        int blockSize,
        Timestamp accessed,
        Timestamp modified,
        Timestamp changed) {

    public FileType type() {
        return FileType.ofMode(mode);
    }

    public boolean isRegular() {
        return type() == FileType.REGULAR;
    }

    public boolean isDirectory() {
        return type() == FileType.DIRECTORY;
    }

    public Attributes withInode(long other) {
        return new Attributes(
                other, mode, links, uid, gid, device, size, blocks, blockSize, accessed, modified, changed);
    }

    public Attributes withSize(long bytes) {
        return new Attributes(
                inode,
                mode,
                links,
                uid,
                gid,
                device,
                bytes,
                (bytes + 511) / 512,
                blockSize,
                accessed,
                modified,
                changed);
    }
}
