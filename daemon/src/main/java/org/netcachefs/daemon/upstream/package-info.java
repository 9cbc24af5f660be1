/** Reaches the mounted tree being cached: system calls on pools that a hung upstream cannot exhaust, and the circuit that says it hangs. */
@NullMarked
package org.netcachefs.daemon.upstream;

import org.jspecify.annotations.NullMarked;
