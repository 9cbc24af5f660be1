package org.netcachefs.daemon.netfs;

import java.util.concurrent.CompletionException;
import org.netcachefs.daemon.upstream.UpstreamUnavailableException;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the failures of calls on upstream. */
final class Failures {
    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    private Failures() {}

    static Errno errno(Throwable failure) {
        Throwable cause = cause(failure);
        if (cause instanceof ErrnoException known) {
            return known.errno();
        }
        LOG.error("unexpected failure", cause);
        return Errno.EIO;
    }

    /** Whether upstream was given up on, rather than having answered. */
    static boolean isUnavailable(Throwable failure) {
        return cause(failure) instanceof UpstreamUnavailableException;
    }

    private static Throwable cause(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }
}
