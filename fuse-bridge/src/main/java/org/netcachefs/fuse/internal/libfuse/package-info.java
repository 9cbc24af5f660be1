/** The transport through libfuse 2's high-level interface: jnr-fuse's structs, a session loop on Java threads. */
@NullMarked
package org.netcachefs.fuse.internal.libfuse;

import org.jspecify.annotations.NullMarked;
