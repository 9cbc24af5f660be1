/** The store at work: cookies, fills, culling, recovery and health on top of data file and index. */
@NullMarked
package org.netcachefs.store.internal.engine;

import org.jspecify.annotations.NullMarked;
