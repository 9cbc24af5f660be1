package org.netcachefs.fuse;

/** The answer to an open: our handle and how the kernel may cache. A builder: {@code Opened.handle(7).keepCache()}. Not thread-safe. */
public final class Opened {
    private final long handle;
    private boolean keepCache;
    private boolean directIo;

    private Opened(long handle) {
        this.handle = handle;
    }

    public static Opened handle(long handle) {
        return new Opened(handle);
    }

    /** The pages the kernel holds of this node stay valid (FOPEN_KEEP_CACHE). */
    public Opened keepCache() {
        keepCache = true;
        return this;
    }

    /** Every read and write of this handle comes to the file system (FOPEN_DIRECT_IO). */
    public Opened directIo() {
        directIo = true;
        return this;
    }

    public long handle() {
        return handle;
    }

    public boolean keepsCache() {
        return keepCache;
    }

    public boolean isDirectIo() {
        return directIo;
    }
}
