/** What every transport needs: the guard round each operation. */
@NullMarked
package org.netcachefs.fuse.internal;

import org.jspecify.annotations.NullMarked;
