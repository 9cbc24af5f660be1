/** The data file: native reads and writes, superblock, lock, and which places of the file are taken. */
@NullMarked
package org.netcachefs.store.internal.data;

import org.jspecify.annotations.NullMarked;
