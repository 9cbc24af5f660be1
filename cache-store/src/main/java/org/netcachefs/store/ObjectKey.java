package org.netcachefs.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** Identifies a file within its volume for as long as it exists: a file handle, or inode number and birth time. 1..256 bytes, immutable. */
public final class ObjectKey {
    private final byte[] bytes;

    private ObjectKey(byte[] bytes) {
        this.bytes = bytes;
    }

    public static ObjectKey of(byte[] bytes) {
        if (bytes.length == 0 || bytes.length > 256) {
            throw new IllegalArgumentException("object key of " + bytes.length + " bytes");
        }
        return new ObjectKey(bytes.clone());
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    /**
     * The id of this object's node in {@code volume}: 61 bits of SHA-256, 2 or more. So a node whose row had to go comes back under
     * the id it had, and inode numbers stay the same without a row for every file ever seen.
     */
    public long nodeId(VolumeKey volume) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String part : List.of(volume.type(), volume.source(), volume.root(), volume.uuid())) {
                digest.update(part.getBytes(StandardCharsets.UTF_8));
                digest.update((byte) 0);
            }
            return 2 + (ByteBuffer.wrap(digest.digest(bytes)).getLong() >>> 3);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ObjectKey key && Arrays.equals(bytes, key.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes);
    }
}
