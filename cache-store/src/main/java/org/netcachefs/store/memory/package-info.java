/** Keeps blocks in RAM instead of on disk: for tests, and without any room for the time a cache cannot be used. */
@NullMarked
package org.netcachefs.store.memory;

import org.jspecify.annotations.NullMarked;
