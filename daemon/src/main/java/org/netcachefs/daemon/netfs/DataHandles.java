package org.netcachefs.daemon.netfs;

import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import org.netcachefs.daemon.upstream.Identity;
import org.netcachefs.daemon.upstream.UpstreamCalls;
import org.netcachefs.daemon.upstream.UpstreamTree;
import org.netcachefs.daemon.upstream.UpstreamTree.DataHandle;
import org.netcachefs.daemon.upstream.UpstreamTree.PathHandle;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.OpenFlags;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Descriptors open for reading, one a file, opened when first needed. Thread-safe; used inside calls on upstream, as it may block. */
final class DataHandles {
    static final int DEFAULT_HANDLES = 512;

    private static final Logger LOG = LoggerFactory.getLogger(DataHandles.class);

    private final Core core;
    private final PathHandles paths;
    private final UpstreamCalls upstream;
    private final HandleCache<DataHandle> open;

    DataHandles(Core core, PathHandles paths, int most) {
        this.core = core;
        this.paths = paths;
        upstream = core.services().upstream();
        open = new HandleCache<>(
                most,
                DataHandle::close,
                handles -> PathHandles.closeLater(core.services().upstream(), handles));
    }

    /** Closes, now and then, what was opened just when the file's last handle was released: it would hold back the space of what is deleted. */
    void closeIdle(ScheduledExecutorService timer) {
        PathHandles.everyRound(timer, () -> open.endRound(this::rounds));
    }

    private int rounds(long id) {
        Node node = core.nodes().known(id);
        return node != null && node.opens() > 0 ? Integer.MAX_VALUE : 0;
    }

    /**
     * As {@link #lease(UpstreamTree, Node)} for who has it open: he may read it whatever became of its mode, or of the names that lead to it.
     * Where upstream does not let even the daemon, or nothing leads to it any more, by the descriptor he writes through.
     */
    HandleCache.Lease<DataHandle> lease(UpstreamTree tree, OpenFile file) throws ErrnoException {
        try {
            return leaseAsAny(tree, file.node());
        } catch (ErrnoException e) {
            Writer writer = file.writer();
            if (!isOutOfReach(e) || writer == null || !writer.flags().reads()) {
                throw e;
            }
            return HandleCache.Lease.unshared(writer.handle());
        }
    }

    /** As {@link #lease(UpstreamTree, Node)}, as the daemon if whom the thread acts for may not. */
    HandleCache.Lease<DataHandle> leaseAsAny(UpstreamTree tree, Node node) throws ErrnoException {
        try {
            return lease(tree, node);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EACCES || tree.actor().isOwn()) {
                throw e;
            }
            return tree.as(Identity.OWN, own -> lease(own, node));
        }
    }

    /**
     * The file's descriptor, opened anew if the file changed since; where that cannot be done any more, the one there is.
     *
     * @throws ErrnoException ESTALE when another object took its place before it was opened
     */
    private HandleCache.Lease<DataHandle> lease(UpstreamTree tree, Node node) throws ErrnoException {
        long state = node.state();
        HandleCache.Lease<DataHandle> lease = open.lease(node.id(), state);
        if (lease != null) {
            return lease;
        }
        try {
            return openAnew(tree, node, state);
        } catch (ErrnoException e) {
            HandleCache.Lease<DataHandle> former = isOutOfReach(e) ? open.leaseFormer(node.id(), state) : null;
            if (former == null) {
                throw e;
            }
            return former;
        }
    }

    private static boolean isOutOfReach(ErrnoException e) {
        return e.errno() == Errno.ESTALE || e.errno() == Errno.EACCES;
    }

    /** Opens it as whom the thread acts for, whatever descriptor there is. */
    void openAs(UpstreamTree tree, Node node) throws ErrnoException {
        openAnew(tree, node, node.state()).close();
    }

    /** A descriptor to write through, of the file that was just checked. */
    Writer writer(UpstreamTree tree, Node node, OpenFlags flags, Writers writers) throws ErrnoException {
        try (HandleCache.Lease<PathHandle> path = paths.lease(tree, node)) {
            DataHandle handle = tree.changes().openToWrite(path.handle(), flags.bits());
            return new Writer(writers.use(node), handle, flags);
        }
    }

    void closeWriter(Writer writer) {
        PathHandles.close(upstream, List.of(writer.handle()));
    }

    /** Sees to it that who has it open can read it when its name, or his right to open it, is gone. */
    void keep(UpstreamTree tree, Node node) {
        if (!node.isRead()) {
            return;
        }
        try {
            leaseAsAny(tree, node).close();
        } catch (ErrnoException e) {
            LOG.debug("{} cannot be read once its name is gone: {}", node, e.getMessage());
        }
    }

    private HandleCache.Lease<DataHandle> openAnew(UpstreamTree tree, Node node, long state) throws ErrnoException {
        try (HandleCache.Lease<PathHandle> path = paths.lease(tree, node)) {
            DataHandle handle = tree.openData(path.handle());
            boolean same = false;
            try {
                same = isStill(tree, node, path.handle());
            } finally {
                if (!same) {
                    handle.close();
                }
            }
            if (same) {
                return open.offer(node.id(), state, handle);
            }
        }
        paths.drop(node);
        try (HandleCache.Lease<PathHandle> path = paths.lease(tree, node)) {
            return open.offer(node.id(), state, tree.openData(path.handle()));
        }
    }

    /** Where upstream knows files by path only (FUSE), a descriptor kept for long may have come to lead to another file. */
    private static boolean isStill(UpstreamTree tree, Node node, PathHandle path) throws ErrnoException {
        return tree.status(path, false).identity().equals(node.identity());
    }

    /** Nobody has the file open any more. */
    void released(Node node) {
        open.forgetUnless(node.id(), () -> node.opens() > 0);
        paths.released(node);
    }

    int size() {
        return open.size();
    }

    void closeAll() {
        open.forgetAll();
    }
}
