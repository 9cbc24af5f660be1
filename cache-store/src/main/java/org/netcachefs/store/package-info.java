/** Keeps blocks of files of slow volumes on local disk, within a size declared up front; usable without FUSE. */
@NullMarked
package org.netcachefs.store;

import org.jspecify.annotations.NullMarked;
