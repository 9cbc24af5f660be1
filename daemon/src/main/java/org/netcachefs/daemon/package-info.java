/** Puts the parts of a mount together, and takes them apart again. */
@NullMarked
package org.netcachefs.daemon;

import org.jspecify.annotations.NullMarked;
