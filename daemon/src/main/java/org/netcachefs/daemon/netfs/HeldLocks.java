package org.netcachefs.daemon.netfs;

import org.netcachefs.daemon.upstream.ByteLock;
import org.netcachefs.daemon.upstream.ByteLocks;
import org.netcachefs.daemon.upstream.UpstreamTree;
import org.netcachefs.daemon.upstream.UpstreamTree.DataHandle;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.LockRequest;
import org.netcachefs.fuse.LockRequest.Kind;

/** One owner's locks of one file, and the descriptor they are held by upstream. Changed in turns of the file's locks only; read at any time. */
final class HeldLocks {
    private final LockOwner owner;
    private final DataHandle descriptor;
    private final int pid;

    /** The handle it was last asked for through. */
    private volatile long handle;

    private volatile ByteLocks locks = ByteLocks.NONE;

    HeldLocks(LockRequest first, DataHandle descriptor) {
        this.owner = LockOwner.of(first);
        this.descriptor = descriptor;
        this.pid = first.caller().pid();
        this.handle = first.handle();
    }

    LockOwner owner() {
        return owner;
    }

    DataHandle descriptor() {
        return descriptor;
    }

    int pid() {
        return pid;
    }

    long handle() {
        return handle;
    }

    ByteLocks locks() {
        return locks;
    }

    void usedThrough(long other) {
        handle = other;
    }

    /** Has it upstream; false if it is refused. */
    boolean set(UpstreamTree tree, ByteLock lock) throws ErrnoException {
        boolean granted = owner.flock()
                ? tree.locks().flock(descriptor, lock.kind())
                : tree.locks().set(descriptor, lock);
        if (granted) {
            locks = locks.with(lock);
        } else if (owner.flock()) {
            locks = locks.with(ByteLock.whole(Kind.UNLOCK));
        }
        return granted;
    }
}
