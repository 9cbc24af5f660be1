package org.netcachefs.daemon.netfs;

import java.util.List;
import java.util.Set;
import org.netcachefs.daemon.upstream.UpstreamTree;
import org.netcachefs.daemon.upstream.UpstreamTree.DataHandle;
import org.netcachefs.daemon.upstream.UpstreamTree.PathHandle;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.LockRequest;
import org.netcachefs.fuse.LockRequest.Kind;
import org.netcachefs.fuse.OpenFlags;

/** Opens descriptors to hold locks by, each owner's of its own. Thread-safe; used inside calls on upstream, as it may block. */
final class LockDescriptors {
    private static final int O_RDONLY = 0;
    private static final Set<Errno> REFUSALS = Set.of(Errno.EACCES, Errno.EPERM, Errno.EROFS, Errno.ETXTBSY);

    private final PathHandles paths;
    private final DataHandles data;
    private final boolean readOnly;

    LockDescriptors(PathHandles paths, DataHandles data, boolean readOnly) {
        this.paths = paths;
        this.data = data;
        this.readOnly = readOnly;
    }

    /** Opened as access to the file permits: so that all kinds of lock can be had by it if possible, else the one wanted. */
    DataHandle open(UpstreamTree tree, OpenFile file, LockRequest wanted) throws ErrnoException {
        return tree.as(file.who(), opener -> openAs(opener, file, wanted));
    }

    private DataHandle openAs(UpstreamTree tree, OpenFile file, LockRequest wanted) throws ErrnoException {
        List<Integer> accesses = accesses(wanted);
        try {
            return byName(tree, file.node(), accesses);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ESTALE) {
                throw e;
            }
        }
        Writer writer = file.writer();
        if (writer != null) {
            return first(accesses, access -> tree.locks().open(writer.handle(), access));
        }
        try (HandleCache.Lease<DataHandle> lease = data.lease(tree, file)) {
            return first(accesses, access -> tree.locks().open(lease.handle(), access));
        }
    }

    private DataHandle byName(UpstreamTree tree, Node node, List<Integer> accesses) throws ErrnoException {
        try (HandleCache.Lease<PathHandle> lease = paths.lease(tree, node)) {
            DataHandle opened = first(accesses, access -> tree.locks().open(lease.handle(), access));
            boolean same = false;
            try {
                same = tree.status(opened, false).identity().equals(node.identity());
            } finally {
                if (!same) {
                    opened.close();
                }
            }
            if (same) {
                return opened;
            }
        }
        throw new ErrnoException(Errno.ESTALE, node + " is another object now");
    }

    private List<Integer> accesses(LockRequest wanted) {
        if (readOnly) {
            return List.of(O_RDONLY);
        }
        if (wanted.flock()) {
            return List.of(OpenFlags.O_RDWR, O_RDONLY, OpenFlags.O_WRONLY);
        }
        return List.of(OpenFlags.O_RDWR, wanted.kind() == Kind.READ ? O_RDONLY : OpenFlags.O_WRONLY);
    }

    private interface Opening {
        DataHandle open(int access) throws ErrnoException;
    }

    private static DataHandle first(List<Integer> accesses, Opening opening) throws ErrnoException {
        for (int access : accesses.subList(0, accesses.size() - 1)) {
            try {
                return opening.open(access);
            } catch (ErrnoException e) {
                if (!REFUSALS.contains(e.errno())) {
                    throw e;
                }
            }
        }
        return opening.open(accesses.get(accesses.size() - 1));
    }
}
