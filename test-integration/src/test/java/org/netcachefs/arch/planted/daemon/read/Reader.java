package org.netcachefs.arch.planted.daemon.read;

import org.netcachefs.arch.planted.daemon.write.Writer;

/** Violation: one half of a package cycle. */
public final class Reader {
    public Writer writer = new Writer();
}
