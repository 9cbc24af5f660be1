package org.netcachefs.daemon.netfs;

import org.netcachefs.daemon.upstream.ByteLock;
import org.netcachefs.daemon.upstream.ByteLocks;
import org.netcachefs.daemon.upstream.UpstreamTree;
import org.netcachefs.daemon.upstream.UpstreamTree.DataHandle;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.LockRequest;
import org.netcachefs.fuse.LockRequest.Kind;

/** One owner's locks of one file, and the descriptor they are held by upstream. Changed in turns of the file's locks only; read at any time. */
final class HeldLocks {
    private final LockOwner owner;
    private final LockDescriptors.Opened opened;
    private final int pid;

    /** The handle it was last asked for through. */
    private volatile long handle;

    private volatile ByteLocks locks = ByteLocks.NONE;

    HeldLocks(LockRequest first, LockDescriptors.Opened opened) {
        this.owner = LockOwner.of(first);
        this.opened = opened;
        this.pid = first.caller().pid();
        this.handle = first.handle();
    }

    LockOwner owner() {
        return owner;
    }

    DataHandle descriptor() {
        return opened.descriptor();
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

    /** Whether a lock of this kind can be had by the descriptor. */
    boolean permits(Kind kind) {
        return owner.flock()
                || switch (kind) {
                    case READ -> opened.reads();
                    case WRITE -> opened.writes();
                    case UNLOCK -> true;
                };
    }

    /** Whether both are held by one open file. */
    boolean shares(HeldLocks other) {
        return opened.of() != null && opened.of() == other.opened.of();
    }

    void usedThrough(long other) {
        handle = other;
    }

    /** Has it upstream; false if it is refused. */
    boolean set(UpstreamTree tree, ByteLock lock) throws ErrnoException {
        boolean granted = owner.flock()
                ? tree.locks().flock(descriptor(), lock.kind())
                : tree.locks().set(descriptor(), lock);
        if (granted) {
            locks = locks.with(lock);
        } else if (owner.flock()) {
            locks = locks.with(ByteLock.whole(Kind.UNLOCK));
        }
        return granted;
    }

    /** Has what the same owner has by another descriptor: nobody else can get in between. Not what was locked for writing: {@code former} still has that. */
    void takeOver(UpstreamTree tree, HeldLocks former) throws ErrnoException {
        for (ByteLock lock : former.locks.within(ByteLock.whole(Kind.READ))) {
            if (lock.kind() != Kind.UNLOCK && !set(tree, lock)) {
                throw new ErrnoException(Errno.ENOLCK, "a lock cannot be had by another descriptor");
            }
        }
    }

    /** With the descriptor go the locks, unless others have its open file. */
    void end(UpstreamTree tree) throws ErrnoException {
        try {
            if (opened.of() != null) {
                set(tree, ByteLock.whole(Kind.UNLOCK));
            }
        } finally {
            descriptor().close();
        }
    }
}
