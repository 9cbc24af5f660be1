package org.netcachefs.fuse.internal.libfuse;

import com.kenai.jffi.MemoryIO;
import org.netcachefs.fuse.Attributes;
import org.netcachefs.fuse.FileSystemStatus;
import org.netcachefs.fuse.Timestamp;
import org.netcachefs.fuse.internal.Native;

/** Writes our values into C structs. */
final class Stats {
    private static final MemoryIO MEMORY = Native.MEMORY;
    /** The members are as wide as a C {@code long}, or an {@code int}, depending on the machine. */
    private static final boolean WIDE_LINKS = Layout.Stat.MODE - Layout.Stat.LINKS == Long.BYTES;

    private Stats() {}

    static void put(long stat, Attributes attributes) {
        MEMORY.setMemory(stat, Layout.Stat.SIZE, (byte) 0);
        MEMORY.putLong(stat + Layout.Stat.INODE, attributes.inode());
        MEMORY.putInt(stat + Layout.Stat.MODE, attributes.mode());
        if (WIDE_LINKS) {
            MEMORY.putLong(stat + Layout.Stat.LINKS, attributes.links());
        } else {
            MEMORY.putInt(stat + Layout.Stat.LINKS, attributes.links());
        }
        MEMORY.putInt(stat + Layout.Stat.UID, attributes.uid());
        MEMORY.putInt(stat + Layout.Stat.GID, attributes.gid());
        // libfuse hands st_rdev on to the kernel as it is: 32 bits in the kernel's encoding.
        MEMORY.putLong(stat + Layout.Stat.DEVICE, Integer.toUnsignedLong(attributes.device()));
        MEMORY.putLong(stat + Layout.Stat.FILE_SIZE, attributes.size());
        MEMORY.putInt(stat + Layout.Stat.BLOCK_SIZE, attributes.blockSize());
        MEMORY.putLong(stat + Layout.Stat.BLOCKS, attributes.blocks());
        put(stat + Layout.Stat.ACCESSED, attributes.accessed());
        put(stat + Layout.Stat.MODIFIED, attributes.modified());
        put(stat + Layout.Stat.CHANGED, attributes.changed());
    }

    private static void put(long time, Timestamp timestamp) {
        MEMORY.putLong(time, timestamp.seconds());
        MEMORY.putLong(time + Layout.Time.NANOS, timestamp.nanos());
    }

    static void put(long stat, FileSystemStatus status) {
        MEMORY.putLong(stat + Layout.FileSystemStat.BLOCK_SIZE, status.blockSize());
        MEMORY.putLong(stat + Layout.FileSystemStat.FRAGMENT_SIZE, status.blockSize());
        MEMORY.putLong(stat + Layout.FileSystemStat.BLOCKS, status.blocks());
        MEMORY.putLong(stat + Layout.FileSystemStat.FREE_BLOCKS, status.freeBlocks());
        MEMORY.putLong(stat + Layout.FileSystemStat.AVAILABLE_BLOCKS, status.availableBlocks());
        MEMORY.putLong(stat + Layout.FileSystemStat.FILES, status.files());
        MEMORY.putLong(stat + Layout.FileSystemStat.FREE_FILES, status.freeFiles());
        MEMORY.putLong(stat + Layout.FileSystemStat.NAME_LENGTH, status.nameLength());
    }
}
