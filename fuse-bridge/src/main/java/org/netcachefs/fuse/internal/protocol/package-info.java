/** The kernel's FUSE protocol (linux/fuse.h) on /dev/fuse: layouts, answers and interrupts, whoever receives the requests. */
@NullMarked
package org.netcachefs.fuse.internal.protocol;

import org.jspecify.annotations.NullMarked;
