/** Mounts of whichever transport: what is looked at before, when one is ready, and how it ends. */
@NullMarked
package org.netcachefs.fuse.internal.mount;

import org.jspecify.annotations.NullMarked;
