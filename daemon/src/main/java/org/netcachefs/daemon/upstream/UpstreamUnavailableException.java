package org.netcachefs.daemon.upstream;

import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;

/** Upstream was given up on for now: the circuit is open. */
public final class UpstreamUnavailableException extends ErrnoException {
    private static final long serialVersionUID = 1;

    public UpstreamUnavailableException(Errno errno, String what) {
        super(errno, what);
    }
}
