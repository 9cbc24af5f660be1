package org.netcachefs.daemon.netfs;

/** Where the bytes of a subrequest come from. */
enum Source {
    CACHE,
    UPSTREAM
}
