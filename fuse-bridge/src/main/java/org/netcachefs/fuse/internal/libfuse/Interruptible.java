package org.netcachefs.fuse.internal.libfuse;

/** A request the kernel may lose interest in. */
interface Interruptible {
    /** The kernel's number of the request. */
    long request();

    /** Called when the kernel says nobody waits for it any more. */
    void interrupt();
}
