/** What every transport needs: the guard round each operation, system calls and raw memory. */
@NullMarked
package org.netcachefs.fuse.internal;

import org.jspecify.annotations.NullMarked;
