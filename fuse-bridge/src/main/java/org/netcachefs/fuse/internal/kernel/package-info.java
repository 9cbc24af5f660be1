/** The transport that speaks the kernel's FUSE protocol on /dev/fuse itself. */
@NullMarked
package org.netcachefs.fuse.internal.kernel;

import org.jspecify.annotations.NullMarked;
