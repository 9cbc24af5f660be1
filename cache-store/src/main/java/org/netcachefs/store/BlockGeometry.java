package org.netcachefs.store;

/** How a file is cut into blocks of {@code blockBytes} (a power of two, 256 KiB to 2 MiB) and a block into 64 sectors. The one place that divides. */
public record BlockGeometry(int blockBytes) {
    public static final int SECTORS = 64;
    public static final int DEFAULT_BLOCK_BYTES = 256 << 10;

    public BlockGeometry {
        if (Integer.bitCount(blockBytes) != 1 || blockBytes < 256 << 10 || blockBytes > 2 << 20) {
            throw new IllegalArgumentException("block size must be 256K, 512K, 1M or 2M: " + blockBytes);
        }
    }

    public int sectorBytes() {
        return blockBytes / SECTORS;
    }

    /** The number of the block that holds byte {@code offset} of a file. */
    public long blockOf(long offset) {
        return offset / blockBytes;
    }

    public long blockStart(long block) {
        return block * blockBytes;
    }

    public ByteRange blockRange(long block) {
        return new ByteRange(blockStart(block), blockBytes);
    }

    /** 0..63: the sector, within its block, that holds byte {@code offset}. */
    public int sectorOf(long offset) {
        return (int) (offset % blockBytes) / sectorBytes();
    }

    /** The smallest range of whole sectors round {@code range}. */
    public ByteRange sectorsAround(ByteRange range) {
        return around(range, sectorBytes());
    }

    /** The smallest range of whole blocks round {@code range}. */
    public ByteRange blocksAround(ByteRange range) {
        return around(range, blockBytes);
    }

    /** A bit for each sector of {@code block} that {@code range} touches. */
    public long sectorMask(long block, ByteRange range) {
        ByteRange within = range.from(blockStart(block)).until(blockStart(block) + blockBytes);
        if (within.isEmpty() || !within.overlaps(blockRange(block))) {
            return 0;
        }
        return sectorMask(sectorOf(within.start()), sectorOf(within.end() - 1));
    }

    /** The bytes of {@code block} from the first to the last sector set in {@code mask}, which is not 0. */
    public ByteRange rangeOf(long block, long mask) {
        return ByteRange.between(
                sectorStart(block, Long.numberOfTrailingZeros(mask)),
                sectorStart(block, Long.SIZE - Long.numberOfLeadingZeros(mask)));
    }

    /** Bits {@code first} to {@code last}, both included. */
    public static long sectorMask(int first, int last) {
        return (-1L >>> (63 - (last - first))) << first;
    }

    /** Refuses an offset that is not at the beginning of a sector. */
    public void requireSector(long offset) {
        if (offset < 0 || offset % sectorBytes() != 0) {
            throw new IllegalArgumentException(
                    "offset " + offset + " is not at a sector of " + sectorBytes() + " bytes");
        }
    }

    /** Where in its sector byte {@code offset} of a file lies. */
    public int withinSector(long offset) {
        return (int) (offset % sectorBytes());
    }

    /** The first byte of a sector (0..64) of {@code block}. */
    public long sectorStart(long block, int sector) {
        return blockStart(block) + (long) sector * sectorBytes();
    }

    /** The end of the run of sectors of {@code block} set in {@code mask} that begins with {@code sector} (set itself). */
    public long runEnd(long block, long mask, int sector) {
        int run = Long.numberOfTrailingZeros(~(mask >>> sector));
        return sectorStart(block, Math.min(SECTORS, sector + run));
    }

    /** How many sectors hold {@code bytes} bytes. */
    public long sectorsFor(long bytes) {
        return (bytes + sectorBytes() - 1) / sectorBytes();
    }

    private static ByteRange around(ByteRange range, int unit) {
        long start = range.start() / unit * unit;
        long end = (range.end() + unit - 1) / unit * unit;
        return ByteRange.between(start, end);
    }
}
