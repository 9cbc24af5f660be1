/** The system calls on upstream through jnr-ffi, and what mountinfo says of the mounts it lies on. */
@NullMarked
package org.netcachefs.daemon.upstream.internal;

import org.jspecify.annotations.NullMarked;
