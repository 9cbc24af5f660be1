package org.netcachefs.fuse.internal.kernel;

import org.netcachefs.fuse.ErrnoException;

/** Decodes one kind of request and hands it to the file system, with where the answer goes. Thread-safe, never waits. */
@FunctionalInterface
interface Operation {
    void run(Request request) throws ErrnoException;
}
