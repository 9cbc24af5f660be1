/** Speaks with administrators: one JSON object a line over a Unix socket, the server in the daemon and the client of the commands. */
@NullMarked
package org.netcachefs.daemon.control;

import org.jspecify.annotations.NullMarked;
