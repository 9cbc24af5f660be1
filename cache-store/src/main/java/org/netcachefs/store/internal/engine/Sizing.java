package org.netcachefs.store.internal.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.netcachefs.store.BlockGeometry;
import org.netcachefs.store.CacheConfig;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.CacheException.Reason;
import org.netcachefs.store.internal.data.Superblock.Layout;

/** Divides a declared size: index budget and small files first, slots from what is left. */
final class Sizing {
    private static final long LEAST_INDEX = 64L << 20;
    private static final int LEAST_SLOTS = 64;
    /** Superblock, lock, directories and what the file system needs to find the data file's blocks. */
    private static final long SMALL_FILES = 1L << 20;

    private final CacheConfig config;
    private final Path directory;

    Sizing(CacheConfig config, Path directory) {
        this.config = config;
        this.directory = directory;
    }

    Layout fresh() throws CacheException {
        Layout layout = requested();
        requireRoom(layout.size());
        return layout;
    }

    /** The layout of a new cache, whether or not the disk has room for it. */
    Layout requested() throws CacheException {
        if (config.size().isEmpty()) {
            String why = config.recreate() ? "how large it was cannot be read" : "there is no cache yet";
            throw new CacheException(Reason.SIZE, directory + ": " + why + "; give its --size");
        }
        return of(config.size().getAsLong(), blockBytes());
    }

    private int blockBytes() throws CacheException {
        long wanted = config.blockBytes().orElse(BlockGeometry.DEFAULT_BLOCK_BYTES);
        try {
            return new BlockGeometry(Math.toIntExact(wanted)).blockBytes();
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new CacheException(Reason.SIZE, "block size must be 256K, 512K, 1M or 2M, not " + wanted, e);
        }
    }

    Layout of(long size, int blockBytes) throws CacheException {
        long index = config.indexSize().orElse(Math.max(LEAST_INDEX, size / 50));
        long least = index + SMALL_FILES + (long) LEAST_SLOTS * blockBytes;
        if (size < least) {
            throw new CacheException(
                    Reason.SIZE,
                    directory + ": size " + spelled(size) + " is too small; the smallest is --size "
                            + ((least + (1 << 20) - 1) >> 20) + "M");
        }
        long slots = (size - index - SMALL_FILES) / blockBytes;
        return new Layout(size, index, blockBytes, Math.toIntExact(Math.min(slots, Integer.MAX_VALUE - 8)));
    }

    /** The disk has room for {@code bytes} more. */
    void requireRoom(long bytes) throws CacheException {
        try {
            long room = Files.getFileStore(existing(directory)).getUsableSpace();
            if (config.preallocate() && config.data().isEmpty() && bytes > room) {
                throw new CacheException(
                        Reason.SIZE,
                        directory + ": size " + spelled(bytes) + " is larger than the disk: " + spelled(room)
                                + " are free");
            }
        } catch (IOException e) {
            throw new CacheException(Reason.IO, directory + ": " + e.getMessage(), e);
        }
    }

    /** The directory, or where it would be made. */
    private static Path existing(Path directory) {
        Path at = directory.toAbsolutePath();
        while (!Files.exists(at) && at.getParent() != null) {
            at = at.getParent();
        }
        return at;
    }

    /** As sizes are typed, to one digit behind the point. */
    private static String spelled(long bytes) {
        String units = "KMGTPE";
        double value = bytes;
        int unit = -1;
        while (value >= 1024) {
            value /= 1024;
            unit++;
        }
        String number = String.format(Locale.ROOT, "%.1f", value).replaceFirst("\\.0$", "");
        return unit < 0 ? number : number + units.charAt(unit);
    }
}
