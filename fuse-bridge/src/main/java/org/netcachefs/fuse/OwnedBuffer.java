package org.netcachefs.fuse;

import java.nio.ByteBuffer;

/** A direct buffer with one owner, who gives it back by {@link #close}. */
public interface OwnedBuffer extends AutoCloseable {
    /** The bytes, from position to limit. Not to be used after {@link #close}. */
    ByteBuffer bytes();

    @Override
    void close();
}
