package org.netcachefs.fuse;

/** The type bits (S_IFMT) of a file's mode. */
public enum FileType {
    FIFO(0010000),
    CHARACTER_DEVICE(0020000),
    DIRECTORY(0040000),
    BLOCK_DEVICE(0060000),
    REGULAR(0100000),
    SYMLINK(0120000),
    SOCKET(0140000),
    UNKNOWN(0);

    /** The mask of the type bits in a mode. */
    public static final int MASK = 0170000;

    private final int bits;

    FileType(int bits) {
        this.bits = bits;
    }

    public int bits() {
        return bits;
    }

    /** DT_* of dirent.h: the type bits shifted down. */
    public int directoryType() {
        return bits >> 12;
    }

    public static FileType ofMode(int mode) {
        for (FileType type : values()) {
            if (type.bits == (mode & MASK)) {
                return type;
            }
        }
        return UNKNOWN;
    }

    public static FileType ofDirectoryType(int directoryType) {
        return ofMode(directoryType << 12);
    }
}
