package org.netcachefs.daemon.netfs;

import org.netcachefs.daemon.upstream.UpstreamTree.DataHandle;
import org.netcachefs.fuse.OpenFlags;

/** What a handle writes through: a descriptor of its own, so that each gets the errors of what it wrote. */
record Writer(Writing writing, DataHandle handle, OpenFlags flags) {}
