package org.netcachefs.daemon.netfs;

import org.netcachefs.store.ByteRange;

/** A slice of a request answered by one source. {@code index} counts from 0. */
record Subrequest(int index, Source source, ByteRange range) {}
