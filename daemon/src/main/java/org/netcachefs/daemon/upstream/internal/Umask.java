package org.netcachefs.daemon.upstream.internal;

import org.netcachefs.fuse.ErrnoException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The umask of threads that make names: none for the system call that makes one, so that modes are taken as they are, the daemon's own otherwise, for
 * such a thread may also begin a new log file. Thread-safe.
 */
final class Umask {
    private static final Logger LOG = LoggerFactory.getLogger(Umask.class);

    /** Threads cannot have one of their own: changing it would be seen by all. */
    private volatile boolean isShared;

    /** The calling thread has one of its own from now on. */
    void unshare() {
        if (Libc.C.unshare(Libc.CLONE_FS) != 0) {
            isShared = true;
            LOG.warn("modes of new files are subject to the daemon's umask: {}", Libc.lastErrno());
        }
    }

    interface Making<T> {
        T make() throws ErrnoException;
    }

    /** Makes something with the mode it is asked for. The errno it saved is there afterwards. */
    <T> T without(Making<T> making) throws ErrnoException {
        if (isShared) {
            return making.make();
        }
        int own = Libc.C.umask(0);
        try {
            return making.make();
        } finally {
            Libc.C.umask(own);
        }
    }
}
