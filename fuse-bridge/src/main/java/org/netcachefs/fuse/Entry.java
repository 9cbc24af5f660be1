package org.netcachefs.fuse;

/**
 * The answer to a lookup: the node a name leads to, its attributes, and for how many nanoseconds the kernel may use the name
 * and the attributes without asking again. Node 0 is a negative entry: the name does not exist, and may be remembered as such.
 * Each entry the kernel took is one lookup, given back through {@link FileSystem#forget}.
 */
public record Entry(long node, Attributes attributes, long entryValidNanos, long attributesValidNanos) {
    private static final Attributes NOTHING =
            new Attributes(0, 0, 0, 0, 0, 0, 0, 0, 0, Timestamp.EPOCH, Timestamp.EPOCH, Timestamp.EPOCH);

    public static Entry negative(long validNanos) {
        return new Entry(0, NOTHING, validNanos, 0);
    }

    /** The same, with attributes that are not to be used. */
    public Entry withOldAttributes() {
        return new Entry(node, attributes, entryValidNanos, 0);
    }

    public boolean isNegative() {
        return node == 0;
    }
}
