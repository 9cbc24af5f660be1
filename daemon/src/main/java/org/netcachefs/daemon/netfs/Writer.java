package org.netcachefs.daemon.netfs;

import org.netcachefs.daemon.upstream.UpstreamTree.DataHandle;
import org.netcachefs.fuse.OpenFlags;

/** What a handle writes through: a descriptor of its own, so that each gets the errors of what it wrote. Thread-safe. */
final class Writer {
    private final Writing writing;
    private final DataHandle handle;
    private final OpenFlags flags;

    /** Written through since its last flush. Changed by the turns of {@link #writing} only. */
    private volatile boolean wrote;

    Writer(Writing writing, DataHandle handle, OpenFlags flags) {
        this.writing = writing;
        this.handle = handle;
        this.flags = flags;
        writing.opened(handle, flags.reads());
    }

    /** To be called before the descriptor is closed. */
    void closing() {
        writing.closing(handle, flags.reads());
    }

    Writing writing() {
        return writing;
    }

    DataHandle handle() {
        return handle;
    }

    OpenFlags flags() {
        return flags;
    }

    boolean wrote() {
        return wrote;
    }

    void wrote(boolean isSo) {
        wrote = isSo;
    }

    /** Whether a close has anything to find out. */
    boolean needsCheck() {
        return wrote || writing.isInSession();
    }
}
