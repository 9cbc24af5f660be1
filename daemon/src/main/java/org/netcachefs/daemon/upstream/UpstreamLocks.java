package org.netcachefs.daemon.upstream;

import org.netcachefs.daemon.upstream.UpstreamTree.DataHandle;
import org.netcachefs.daemon.upstream.UpstreamTree.Handle;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.LockRequest.Kind;
import org.netcachefs.fuse.LockState;

/**
 * The system calls that lock files of an upstream tree. A lock belongs to the open file it was taken by, and ends with it; no call waits for
 * somebody else's lock, but any may block for as long as upstream hangs. Thread-safe.
 */
public interface UpstreamLocks {
    /** Opens a regular file (else {@code EINVAL}) to lock it; {@code access}: O_RDONLY, O_WRONLY or O_RDWR. */
    DataHandle open(Handle file, int access) throws ErrnoException;

    /** One more descriptor of the same open file (dup): a lock taken by either is both's, and ends when both are closed. */
    DataHandle share(DataHandle file) throws ErrnoException;

    /**
     * Takes, changes or drops a byte range (F_OFD_SETLK): what the descriptor had of it is replaced, at once or not at all. False if somebody else's
     * lock is in the way. {@code EBADF} if it was opened without the access the kind needs.
     */
    boolean set(DataHandle file, ByteLock lock) throws ErrnoException;

    /** The first lock in the way of this one (F_OFD_GETLK), of {@link Kind#UNLOCK} if none is; its pid is not positive when there is none to tell. */
    LockState query(DataHandle file, ByteLock lock) throws ErrnoException;

    /** flock(2). False if somebody else's lock is in the way: what the descriptor had before is lost then. */
    boolean flock(DataHandle file, Kind kind) throws ErrnoException;
}
