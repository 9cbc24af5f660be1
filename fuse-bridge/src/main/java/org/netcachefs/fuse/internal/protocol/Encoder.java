package org.netcachefs.fuse.internal.protocol;

import org.netcachefs.fuse.ErrnoException;

/** How a value is put into an answer. Stateless. */
public interface Encoder<T> {
    /** The bytes the value takes; an errno in place of it if it cannot be answered. */
    int size(T value) throws ErrnoException;

    /** Writes just so many bytes at {@code address}. */
    void put(long address, T value);
}
