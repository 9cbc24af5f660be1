package org.netcachefs.daemon.netfs;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.netcachefs.daemon.upstream.UpstreamTree;
import org.netcachefs.daemon.upstream.UpstreamTree.DataHandle;
import org.netcachefs.daemon.upstream.UpstreamTree.PathHandle;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.LockRequest;
import org.netcachefs.fuse.LockRequest.Kind;
import org.netcachefs.fuse.OpenFlags;

/**
 * Opens descriptors to hold locks by, each owner's of its own. By a handle for reading only for reading: what is open for writing cannot be run meanwhile. Thread-safe;
 * used inside calls on upstream, as it may block.
 */
final class LockDescriptors {
    private static final int O_RDONLY = 0;
    private static final Set<Errno> REFUSALS = Set.of(Errno.EACCES, Errno.EPERM, Errno.EROFS, Errno.ETXTBSY);

    private final PathHandles paths;
    private final DataHandles data;

    LockDescriptors(PathHandles paths, DataHandles data) {
        this.paths = paths;
        this.data = data;
    }

    /** {@code of} is the descriptor whose open file it is, if it was not opened anew. */
    record Opened(
            DataHandle descriptor,
            boolean reads,
            boolean writes,
            @Nullable DataHandle of) {}

    /** What the owner holds the file's locks by, or will hold them by. In a turn of the file's locks. */
    HeldLocks held(UpstreamTree tree, LockAttempt attempt) throws ErrnoException {
        LockRequest request = attempt.request();
        HeldLocks known = attempt.locks().held(attempt.owner());
        if (known != null) {
            known.usedThrough(request.handle());
            if (known.permits(request.kind())) {
                return known;
            }
        }
        Opened opened = open(tree, attempt.file(), request);
        HeldLocks held = new HeldLocks(request, opened);
        if (known != null && known.shares(held)) { // it can have no more than before
            opened.descriptor().close();
            return known;
        }
        requireOneOwner(attempt.locks(), held);
        if (known != null) {
            takeOver(tree, held, known);
        }
        attempt.locks().add(held);
        if (known != null) {
            known.end(tree);
        }
        return held;
    }

    /** All, or none is left: an open file that is shared would keep it. */
    private static void takeOver(UpstreamTree tree, HeldLocks held, HeldLocks known) throws ErrnoException {
        boolean taken = false;
        try {
            held.takeOver(tree, known);
            taken = true;
        } finally {
            if (!taken) {
                held.end(tree);
            }
        }
    }

    /** Two on one open file would not exclude each other, and drop each other's. */
    private static void requireOneOwner(FileLocks locks, HeldLocks held) throws ErrnoException {
        if (locks.isShared(held)) {
            held.descriptor().close();
            throw new ErrnoException(
                    Errno.ENOLCK, "the file cannot be opened anew for writing, and another owner has its locks");
        }
    }

    /** Opened as access to the file permits: so that all kinds of lock can be had by it if possible, else the one wanted. */
    Opened open(UpstreamTree tree, OpenFile file, LockRequest wanted) throws ErrnoException {
        return tree.as(file.who(), opener -> openAs(opener, file, wanted));
    }

    private Opened openAs(UpstreamTree tree, OpenFile file, LockRequest wanted) throws ErrnoException {
        Writer writer = file.writer();
        if (writer == null) {
            return anew(tree, file, List.of(O_RDONLY));
        }
        boolean reads = !wanted.flock() && wanted.kind() == Kind.READ;
        try {
            return anew(tree, file, List.of(OpenFlags.O_RDWR, reads ? O_RDONLY : OpenFlags.O_WRONLY));
        } catch (ErrnoException e) {
            if (!REFUSALS.contains(e.errno())) {
                throw e;
            }
            return new Opened(
                    tree.locks().share(writer.handle()), writer.flags().reads(), true, writer.handle());
        }
    }

    private Opened anew(UpstreamTree tree, OpenFile file, List<Integer> accesses) throws ErrnoException {
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

    private Opened byName(UpstreamTree tree, Node node, List<Integer> accesses) throws ErrnoException {
        try (HandleCache.Lease<PathHandle> lease = paths.lease(tree, node)) {
            Opened opened = first(accesses, access -> tree.locks().open(lease.handle(), access));
            boolean same = false;
            try {
                same = tree.status(opened.descriptor(), false).identity().equals(node.identity());
            } finally {
                if (!same) {
                    opened.descriptor().close();
                }
            }
            if (same) {
                return opened;
            }
        }
        throw new ErrnoException(Errno.ESTALE, node + " is another object now");
    }

    private interface Opening {
        DataHandle open(int access) throws ErrnoException;
    }

    private static Opened first(List<Integer> accesses, Opening opening) throws ErrnoException {
        for (int access : accesses.subList(0, accesses.size() - 1)) {
            try {
                return opened(access, opening);
            } catch (ErrnoException e) {
                if (!REFUSALS.contains(e.errno())) {
                    throw e;
                }
            }
        }
        return opened(accesses.get(accesses.size() - 1), opening);
    }

    private static Opened opened(int access, Opening opening) throws ErrnoException {
        return new Opened(opening.open(access), access != OpenFlags.O_WRONLY, access != O_RDONLY, null);
    }
}
