/** The caching, read-only file system: nodes, names, coherency and the read path between fuse-bridge, cache-store and upstream. */
@NullMarked
package org.netcachefs.daemon.netfs;

import org.jspecify.annotations.NullMarked;
