package org.netcachefs.daemon.netfs;

import org.netcachefs.fuse.LockRequest;

/** Whose a lock is: of the kernel's lock owner (a process, or an open file for F_OFD_SETLK), or by flock(2) of the handle {@code id}. */
record LockOwner(boolean flock, long id) {
    static LockOwner of(LockRequest request) {
        return request.flock() ? new LockOwner(true, request.handle()) : new LockOwner(false, request.owner());
    }
}
