package org.netcachefs.daemon.upstream.internal;

import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.netcachefs.daemon.upstream.Identity;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows whom each thread acts for, and makes system calls as him. A thread is the daemon's own but for the call itself: what it logs, writes to the index or
 * starts meanwhile (a thread has the rights of the one that starts it) is the daemon's. Thread-safe.
 */
final class Actors {
    private static final Logger LOG = LoggerFactory.getLogger(Actors.class);
    private static final int INTERNAL_ERROR = 4;

    /** Null where the daemon is not root: it cannot act for others. */
    private final @Nullable Credentials credentials;

    private final ConcurrentHashMap<Thread, Identity> others = new ConcurrentHashMap<>();

    Actors() throws ErrnoException {
        credentials = Libc.C.geteuid() == 0 ? new Credentials() : null;
    }

    boolean actsForOthers() {
        return credentials != null;
    }

    /** What a thread does for somebody. */
    interface Action<T> {
        T run() throws ErrnoException;
    }

    <T> T as(Identity who, Action<T> action) throws ErrnoException {
        Identity before = others.get(Thread.currentThread());
        actFor(who);
        try {
            return action.run();
        } finally {
            actFor(before == null ? Identity.OWN : before);
        }
    }

    private void actFor(Identity who) {
        if (who.isOwn()) {
            others.remove(Thread.currentThread());
        } else {
            others.put(Thread.currentThread(), who);
        }
    }

    Identity actor() {
        return others.getOrDefault(Thread.currentThread(), Identity.OWN);
    }

    /** A system call; answers below 0 when it failed. */
    interface SystemCall {
        long make() throws ErrnoException;
    }

    /** Makes it as whom the thread acts for. The errno it saved is there afterwards. */
    long make(SystemCall call) throws ErrnoException {
        Identity who = others.get(Thread.currentThread());
        return who == null ? call.make() : make(call, who);
    }

    private long make(SystemCall call, Identity who) throws ErrnoException {
        Credentials switched = credentials;
        if (switched == null) {
            throw new ErrnoException(Errno.EPERM, "only root acts for others");
        }
        try {
            switched.give(who);
            return call.make();
        } finally {
            if (!switched.takeBack(who)) {
                endProcess(who);
            }
        }
    }

    /** A thread that keeps another user's rights, or takes root's for his, is worse than none. */
    private static void endProcess(Identity who) {
        try {
            LOG.error("a thread cannot be taken back from user {}: the daemon ends", who.uid());
        } finally {
            Runtime.getRuntime().halt(INTERNAL_ERROR);
        }
    }

    /** Opens as {@link Libc#open(int, long, int, int)} does. */
    int open(int directory, long path, int flags, int mode) throws ErrnoException {
        return (int) make(() -> Libc.open(directory, path, flags, mode));
    }

    int open(int directory, long path, int flags) throws ErrnoException {
        return open(directory, path, flags, 0);
    }
}
