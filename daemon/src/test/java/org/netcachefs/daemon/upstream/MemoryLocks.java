package org.netcachefs.daemon.upstream;

import java.util.Map;
import org.netcachefs.daemon.upstream.UpstreamTree.DataHandle;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileType;
import org.netcachefs.fuse.LockRequest.Kind;
import org.netcachefs.fuse.LockState;

/** The locks of a {@link MemoryUpstream}. Thread-safe. */
final class MemoryLocks implements UpstreamLocks {
    private static final int WRITE_ONLY = 1;
    private static final LockState FREE = new LockState(Kind.UNLOCK, 0, Long.MAX_VALUE, 0);

    private final MemoryUpstream tree;

    MemoryLocks(MemoryUpstream tree) {
        this.tree = tree;
    }

    @Override
    public DataHandle open(UpstreamTree.Handle file, int access) throws ErrnoException {
        return tree.locked(() -> {
            MemoryNode node = MemoryUpstream.node(file);
            if (node.type != FileType.REGULAR) {
                throw new ErrnoException(Errno.EINVAL, "not a regular file");
            }
            boolean refused = (access != WRITE_ONLY && (node.permissions & 0444) == 0)
                    || (access != 0 && (node.permissions & 0222) == 0);
            if (refused) {
                throw new ErrnoException(Errno.EACCES, "open for locking");
            }
            return tree.handle(node, access);
        });
    }

    @Override
    public DataHandle share(DataHandle file) throws ErrnoException {
        return tree.locked(() -> tree.share(file));
    }

    @Override
    public boolean set(DataHandle file, ByteLock lock) throws ErrnoException {
        return tree.locked(() -> {
            int access = MemoryUpstream.access(file);
            if (access == (lock.kind() == Kind.READ ? WRITE_ONLY : 0) && lock.kind() != Kind.UNLOCK) {
                throw new ErrnoException(Errno.EBADF, "lock");
            }
            MemoryNode node = MemoryUpstream.node(file);
            Object open = MemoryUpstream.openFile(file);
            for (Map.Entry<Object, ByteLocks> other : node.locks.entrySet()) {
                if (other.getKey() != open && other.getValue().conflict(lock) != null) {
                    return false;
                }
            }
            node.locks.merge(open, ByteLocks.NONE.with(lock), (held, none) -> held.with(lock));
            return true;
        });
    }

    @Override
    public LockState query(DataHandle file, ByteLock lock) throws ErrnoException {
        return tree.locked(() -> {
            for (Map.Entry<Object, ByteLocks> other :
                    MemoryUpstream.node(file).locks.entrySet()) {
                ByteLock held = other.getValue().conflict(lock);
                if (other.getKey() != MemoryUpstream.openFile(file) && held != null) {
                    return new LockState(held.kind(), held.start(), held.endInclusive(), -1);
                }
            }
            return FREE;
        });
    }

    @Override
    public boolean flock(DataHandle file, Kind kind) throws ErrnoException {
        return tree.locked(() -> {
            Map<Object, Kind> held = MemoryUpstream.node(file).flocks;
            held.remove(MemoryUpstream.openFile(file));
            ByteLock wanted = ByteLock.whole(kind);
            if (held.values().stream().anyMatch(other -> ByteLock.whole(other).conflicts(wanted))) {
                return false;
            }
            held.put(MemoryUpstream.openFile(file), kind);
            return true;
        });
    }
}
