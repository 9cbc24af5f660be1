package org.netcachefs.fuse.internal.libfuse;

import jnr.ffi.annotations.In;
import jnr.ffi.annotations.Out;

/** What is called of libfuse.so.2 (2.9); addresses as {@code long}. Public for jnr-ffi only. */
public interface LibFuse {
    /** Parses the options, mounts and makes the session. Returns {@code struct fuse*}, 0 on failure. */
    long fuse_setup(
            int argc,
            @In String[] argv,
            long operations,
            long operationsSize,
            @Out long[] mountPoint,
            @Out int[] multithreaded,
            long userData);

    void fuse_teardown(long fuse, long mountPoint);

    long fuse_get_session(long fuse);

    long fuse_session_next_chan(long session, long channel);

    long fuse_chan_bufsize(long channel);

    int fuse_chan_fd(long channel);

    int fuse_session_receive_buf(long session, long buffer, long channelPointer);

    void fuse_session_process_buf(long session, long buffer, long channel);

    void fuse_session_exit(long session);

    int fuse_session_exited(long session);
}
