/** Turns command lines into requests to the daemon and prints what it answers. */
@NullMarked
package org.netcachefs.cli;

import org.jspecify.annotations.NullMarked;
