package org.netcachefs.arch.planted.daemon.write;

import org.netcachefs.arch.planted.daemon.read.Reader;

/** Violation: the other half of a package cycle. */
public final class Writer {
    public void writeLike(Reader reader) {}
}
