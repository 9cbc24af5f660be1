package org.netcachefs.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/**
 * The ids of a volume's nodes: 61 bits of SHA-256 of volume and object, 2 or more. So a node whose row had to go comes back under the id it had, and
 * inode numbers stay the same without a row for every file ever seen. Thread-safe.
 */
public final class NodeHash {
    /** Has been fed the volume, and is only copied: finding the algorithm takes longer than the sum. */
    private final MessageDigest volume;

    public NodeHash(VolumeKey volume) {
        try {
            this.volume = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
        for (String part : List.of(volume.type(), volume.source(), volume.root(), volume.uuid())) {
            this.volume.update(part.getBytes(StandardCharsets.UTF_8));
            this.volume.update((byte) 0);
        }
    }

    public long idOf(ObjectKey object) {
        try {
            MessageDigest digest = (MessageDigest) volume.clone();
            return 2 + (ByteBuffer.wrap(digest.digest(object.bytes())).getLong() >>> 3);
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("Java's own SHA-256 can be copied", e);
        }
    }
}
