package org.netcachefs.store;

/** The bytes {@code start} (≥ 0) to {@code start + length} (exclusive) of a file. An empty range has a place too. */
public record ByteRange(long start, long length) {
    public ByteRange {
        if (start < 0 || length < 0 || start + length < 0) {
            throw new IllegalArgumentException("range " + start + "+" + length);
        }
    }

    public static ByteRange between(long start, long end) {
        return new ByteRange(start, Math.max(0, end - start));
    }

    /** The first byte behind the range. */
    public long end() {
        return start + length;
    }

    public boolean isEmpty() {
        return length == 0;
    }

    /** At most the first {@code bytes} bytes. */
    public ByteRange first(long bytes) {
        return bytes >= length ? this : new ByteRange(start, Math.max(0, bytes));
    }

    /** What lies at or past {@code position}; empty when nothing does. */
    public ByteRange from(long position) {
        return position <= start ? this : new ByteRange(Math.max(position, start), Math.max(0, end() - position));
    }

    /** The part below {@code end}. */
    public ByteRange until(long end) {
        return first(end - start);
    }

    public boolean contains(ByteRange other) {
        return other.start >= start && other.end() <= end();
    }

    public boolean overlaps(ByteRange other) {
        return start < other.end() && other.start < end();
    }

    @Override
    public String toString() {
        return "0x" + Long.toHexString(start) + "+" + length;
    }
}
