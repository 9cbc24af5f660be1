package org.netcachefs.daemon.upstream;

import java.util.Arrays;
import java.util.function.LongUnaryOperator;

/** The bytes of a file in memory; large ones are computed. Immutable. */
public interface Content {
    long size();

    byte at(long offset);

    static Content of(byte[] bytes) {
        byte[] kept = bytes.clone();
        return new Content() {
            @Override
            public long size() {
                return kept.length;
            }

            @Override
            public byte at(long offset) {
                return kept[(int) offset];
            }
        };
    }

    /** {@code size} bytes, each the low byte of {@code generator} at its offset. */
    static Content of(long size, LongUnaryOperator generator) {
        return new Content() {
            @Override
            public long size() {
                return size;
            }

            @Override
            public byte at(long offset) {
                return (byte) generator.applyAsLong(offset);
            }
        };
    }

    /** These bytes with others from {@code offset}; zeros up to there if it lies past the end. */
    default Content written(long offset, byte[] bytes) {
        Content before = this;
        byte[] kept = bytes.clone();
        return of(Math.max(size(), offset + kept.length), at -> {
            if (at >= offset && at < offset + kept.length) {
                return kept[(int) (at - offset)];
            }
            return at < before.size() ? before.at(at) : 0;
        });
    }

    /** The first {@code size} bytes, with zeros behind the end. */
    default Content truncated(long size) {
        Content before = this;
        long kept = Math.min(size, before.size());
        return of(size, at -> at < kept ? before.at(at) : 0);
    }

    /** All of them; for small ones. */
    default byte[] bytes() {
        byte[] bytes = new byte[Math.toIntExact(size())];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = at(i);
        }
        return bytes;
    }

    /** Collapses what was written into plain bytes where it is small. */
    default Content settled() {
        return size() <= 1 << 24 ? of(Arrays.copyOf(bytes(), (int) size())) : this;
    }
}
