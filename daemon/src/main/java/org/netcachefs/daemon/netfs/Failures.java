package org.netcachefs.daemon.netfs;

import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.netcachefs.daemon.upstream.UpstreamUnavailableException;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the failures of calls on upstream. */
final class Failures {
    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    private static final Set<Errno> ORDINARY = Set.of(
            Errno.ENOENT,
            Errno.ESTALE,
            Errno.EACCES,
            Errno.EPERM,
            Errno.ENODATA,
            Errno.ENXIO,
            Errno.EOPNOTSUPP,
            Errno.ENOTDIR,
            Errno.EEXIST,
            Errno.ENOTEMPTY,
            Errno.EISDIR,
            Errno.EXDEV,
            Errno.EROFS,
            Errno.EINTR,
            Errno.ENOSPC,
            Errno.EDQUOT);

    private Failures() {}

    static Errno errno(Throwable failure) {
        Throwable cause = cause(failure);
        if (cause instanceof ErrnoException known) {
            return known.errno();
        }
        LOG.error("unexpected failure", cause);
        return Errno.EIO;
    }

    /** Logs a call that failed: what any user meets at debug, what an operator should know as a warning. */
    static void tell(Supplier<String> what, Throwable failure) {
        Throwable cause = cause(failure);
        boolean ordinary = cause instanceof ErrnoException known && ORDINARY.contains(known.errno());
        if (ordinary || isUnavailable(failure)) {
            if (LOG.isDebugEnabled()) {
                LOG.debug("{}: {}", what.get(), cause.getMessage());
            }
        } else {
            LOG.warn("{}: {}", what.get(), cause.getMessage());
        }
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
