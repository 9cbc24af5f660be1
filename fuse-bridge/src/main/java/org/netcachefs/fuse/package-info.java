/** Carries the kernel's file system requests to one node-based {@link org.netcachefs.fuse.FileSystem} and its answers back. */
@NullMarked
package org.netcachefs.fuse;

import org.jspecify.annotations.NullMarked;
