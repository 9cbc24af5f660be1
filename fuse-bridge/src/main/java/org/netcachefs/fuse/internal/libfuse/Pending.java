package org.netcachefs.fuse.internal.libfuse;

import org.jspecify.annotations.Nullable;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.Reply;

/** The answer to one call of the file system that a callback waits for. Thread-safe. */
final class Pending<T> extends Parking implements Reply<T> {
    private volatile @Nullable T value;

    Pending(Receiver owner) {
        super(owner);
    }

    @Override
    public boolean ok(@Nullable T answer) {
        if (!claim()) {
            return false;
        }
        value = answer;
        answered();
        return true;
    }

    /** The answer's value. */
    T value() throws ErrnoException {
        await();
        T answer = value;
        if (answer == null) {
            throw new IllegalStateException("the file system answered with null");
        }
        return answer;
    }

    /** Waits for an answer without a value. */
    int done() throws ErrnoException {
        await();
        return 0;
    }
}
