/** The index: what lies where, kept in RocksDB. Rows, their versioned codec, and the database itself. */
@NullMarked
package org.netcachefs.store.internal.index;

import org.jspecify.annotations.NullMarked;
