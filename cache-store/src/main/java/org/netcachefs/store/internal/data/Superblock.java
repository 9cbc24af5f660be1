package org.netcachefs.store.internal.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.CacheException.Reason;

/**
 * What a cache directory says of itself: 512 bytes of the file {@code superblock}, replaced as a whole. Sizes in bytes.
 * {@code clean}: nothing was allocated since all was made durable. {@code distrusted}: the index lacks an invalidation that
 * could not be written, and must not be believed.
 */
public record Superblock(UUID uuid, Layout layout, UUID bootId, boolean clean, boolean distrusted) {
    public static final int VERSION = 1;
    private static final long MAGIC = 0x4e43464353544f52L; // NCFCSTOR
    private static final int BYTES = 512;
    private static final int CHECKED = BYTES - Integer.BYTES;

    /** The declared size and how it is divided. */
    public record Layout(long size, long indexBytes, int blockBytes, int slots) {
        public long dataBytes() {
            return (long) slots * blockBytes;
        }
    }

    public Superblock marked(UUID boot, boolean isClean) {
        return new Superblock(uuid, layout, boot, isClean, distrusted);
    }

    public Superblock withDistrust(boolean distrust) {
        return new Superblock(uuid, layout, bootId, clean, distrust);
    }

    public Superblock withLayout(Layout other) {
        return new Superblock(uuid, other, bootId, clean, distrusted);
    }

    public static Path file(Path directory) {
        return directory.resolve("superblock");
    }

    /** Whether {@code directory} has one, perhaps damaged or of another version. */
    public static boolean isIn(Path directory) {
        try (InputStream in = Files.newInputStream(file(directory))) {
            byte[] magic = in.readNBytes(Long.BYTES);
            return magic.length == Long.BYTES && ByteBuffer.wrap(magic).getLong() == MAGIC;
        } catch (IOException e) {
            return false;
        }
    }

    public static Superblock read(Path directory) throws CacheException {
        Path file = file(directory);
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw damaged(file, "is missing", e);
        } catch (IOException e) {
            throw new CacheException(Reason.IO, file + ": cannot read: " + e.getMessage(), e);
        }
        return decode(file, bytes);
    }

    private static Superblock decode(Path file, byte[] bytes) throws CacheException {
        if (bytes.length != BYTES) {
            throw damaged(file, "is " + bytes.length + " bytes long, not " + BYTES, null);
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (in.getInt(CHECKED) != checksum(bytes)) {
            throw damaged(file, "has a wrong checksum", null);
        }
        if (in.getLong() != MAGIC) {
            throw damaged(file, "is not of a cache", null);
        }
        int version = in.getInt();
        if (version != VERSION) {
            throw new CacheException(
                    Reason.OTHER_FORMAT,
                    file + ": format version " + version + ", this program has " + VERSION
                            + "; use --recreate to drop what is cached");
        }
        UUID uuid = new UUID(in.getLong(), in.getLong());
        Layout layout = new Layout(in.getLong(), in.getLong(), in.getInt(), in.getInt());
        UUID boot = new UUID(in.getLong(), in.getLong());
        return new Superblock(uuid, layout, boot, in.get() != 0, in.get() != 0);
    }

    private byte[] encode() {
        ByteBuffer out = ByteBuffer.allocate(BYTES);
        out.putLong(MAGIC).putInt(VERSION);
        out.putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits());
        out.putLong(layout.size)
                .putLong(layout.indexBytes)
                .putInt(layout.blockBytes)
                .putInt(layout.slots);
        out.putLong(bootId.getMostSignificantBits()).putLong(bootId.getLeastSignificantBits());
        out.put((byte) (clean ? 1 : 0)).put((byte) (distrusted ? 1 : 0));
        out.putInt(CHECKED, checksum(out.array()));
        return out.array();
    }

    private static int checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, CHECKED);
        return (int) crc.getValue();
    }

    /** Replaces the superblock of {@code directory} by this one, durably. */
    public void write(Path directory) throws CacheException {
        Path file = file(directory);
        Path fresh = directory.resolve("superblock.new");
        try {
            Files.deleteIfExists(fresh);
            Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap(encode()));
                channel.force(true);
            }
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        } catch (IOException e) {
            throw new CacheException(Reason.IO, file + ": cannot write: " + e.getMessage(), e);
        }
    }

    private static CacheException damaged(Path file, String what, @org.jspecify.annotations.Nullable Exception cause) {
        String message = file + ": " + what + "; use --recreate to drop what is cached";
        return cause == null
                ? new CacheException(Reason.DAMAGED, message)
                : new CacheException(Reason.DAMAGED, message, cause);
    }

    /** Equal boot ids mean that what was written is still in the page cache, whatever happened to the process. */
    public static UUID currentBootId() throws CacheException {
        Path source = Path.of("/proc/sys/kernel/random/boot_id");
        try {
            return UUID.fromString(Files.readString(source).strip());
        } catch (IOException | IllegalArgumentException e) {
            throw new CacheException(Reason.IO, source + ": cannot read: " + e.getMessage(), e);
        }
    }
}
