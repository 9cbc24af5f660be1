package org.netcachefs.store;

import java.util.Arrays;
import java.util.HexFormat;

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
