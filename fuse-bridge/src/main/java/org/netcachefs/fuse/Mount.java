package org.netcachefs.fuse;

import java.util.concurrent.CompletionStage;

/** A served mount. Thread-safe. */
public interface Mount {
    /** How hard to unmount. */
    enum UnmountMode {
        /** Only if nothing uses it. */
        NORMAL,
        /** Detach from the tree now, end when the last user is gone (umount -l). */
        DETACH,
        /** Detach and abort the connection: every waiting request fails (umount -f). */
        ABORT
    }

    /** What came of an unmount. */
    enum UnmountOutcome {
        /** It is gone from the tree (also when it was gone before). */
        UNMOUNTED,
        /** Somebody uses it. */
        BUSY,
        /** The kernel or fusermount refused. */
        REFUSED
    }

    /** Idempotent; returns within seconds whatever the file system does. */
    UnmountOutcome unmount(UnmountMode mode);

    /** Completes when the kernel has ended the session and every thread of the transport has left it. */
    CompletionStage<Void> ended();
}
