package org.netcachefs.daemon.netfs;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.netcachefs.daemon.upstream.Identity;
import org.netcachefs.daemon.upstream.UpstreamCalls;
import org.netcachefs.daemon.upstream.UpstreamCalls.Body;
import org.netcachefs.daemon.upstream.UpstreamCalls.Lane;
import org.netcachefs.daemon.upstream.UpstreamStatus;
import org.netcachefs.daemon.upstream.UpstreamTree;
import org.netcachefs.daemon.upstream.UpstreamTree.PathHandle;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileType;

/**
 * O_PATH descriptors of nodes, mainly directories, opened step by step from the root, each compared with the node's
 * identity. Thread-safe; used inside calls on upstream, as it may block.
 */
final class PathHandles {
    static final int DEFAULT_HANDLES = 1024;
    private static final int ROUND_SECONDS = 5;
    /** A directory's descriptor saves the way to it; any other holds back what is deleted or unmounted upstream, for nothing. */
    private static final int DIRECTORY_ROUNDS = 12;

    private final Core core;
    private final HandleCache<PathHandle> open;
    private final HandleCache<PathHandle> rootHolder = new HandleCache<>(1, root -> {}, root -> {});

    PathHandles(Core core, int most) {
        this.core = core;
        open = new HandleCache<>(
                most, PathHandle::close, handles -> closeLater(core.services().upstream(), handles));
        offerRoot().close();
    }

    /** Closes, now and then, what nobody uses. */
    void closeIdle(ScheduledExecutorService timer) {
        everyRound(timer, () -> open.endRound(this::rounds));
    }

    static void everyRound(ScheduledExecutorService timer, Runnable end) {
        ScheduledFuture<?> unused = timer.scheduleWithFixedDelay(end, ROUND_SECONDS, ROUND_SECONDS, TimeUnit.SECONDS);
    }

    private int rounds(long id) {
        Node node = core.nodes().known(id);
        if (node == null) {
            return 0;
        }
        int idle = node.type() == FileType.DIRECTORY ? DIRECTORY_ROUNDS : 0;
        return node.opens() > 0 ? Integer.MAX_VALUE : idle;
    }

    /**
     * The node's descriptor, opened by name if the node changed since; where the name does not lead to it any more, the one there is.
     *
     * @throws ErrnoException ESTALE when there is none, and what lies at its place is another object or nothing; the name is then forgotten
     */
    HandleCache.Lease<PathHandle> lease(UpstreamTree tree, Node node) throws ErrnoException {
        Node.Place place = node.place();
        if (place == null) {
            return offerRoot();
        }
        long state = node.state();
        HandleCache.Lease<PathHandle> lease = open.lease(node.id(), state);
        if (lease != null) {
            return lease;
        }
        try {
            return openByName(tree, node, place, state);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.EACCES && !tree.actor().isOwn()) {
                return tree.as(Identity.OWN, own -> lease(own, node)); // the kernel let him come by it
            }
            boolean isOutOfReach = e.errno() == Errno.ESTALE || e.errno() == Errno.EACCES;
            HandleCache.Lease<PathHandle> former = isOutOfReach ? open.leaseFormer(node.id(), state) : null;
            if (former == null) {
                throw e;
            }
            return former;
        }
    }

    private HandleCache.Lease<PathHandle> openByName(UpstreamTree tree, Node node, Node.Place place, long state)
            throws ErrnoException {
        try (HandleCache.Lease<PathHandle> parent = lease(tree, core.nodes().require(place.parent()))) {
            PathHandle handle = openChild(tree, parent.handle(), place);
            compare(node, place, handle, tree);
            return open.offer(node.id(), state, handle);
        }
    }

    /** Takes over, or closes, a descriptor just opened by name and compared: {@code look} came of asking it at {@code asked}, unless it is a later one. */
    void offer(Node node, PathHandle handle, Look look, Look.Moment asked) {
        if (look.moment().equals(asked)) {
            open.offer(node.id(), look.state(), handle).close();
        } else {
            handle.close();
        }
    }

    /** Takes over a descriptor of a node that is open, and cannot be found by name. */
    void keep(Node node, PathHandle handle) {
        open.offer(node.id(), node.state(), handle).close();
    }

    /** The node is no longer where it was; what has it open keeps its descriptor. */
    void forget(Node node, Node.Place place) {
        core.dirents().forget(place);
        open.forgetUnless(node.id(), () -> node.opens() > 0);
    }

    /** The node's descriptor leads elsewhere; the next one is opened by name and compared. */
    void drop(Node node) {
        open.forget(node.id());
    }

    /**
     * What upstream says of the node's descriptor.
     *
     * @throws ErrnoException ESTALE when it leads to another object now, as it may where upstream knows files by path only
     */
    UpstreamStatus status(UpstreamTree tree, Node node, boolean forced) throws ErrnoException {
        try (HandleCache.Lease<PathHandle> lease = lease(tree, node)) {
            UpstreamStatus status = tree.status(lease.handle(), forced);
            if (status.identity().equals(node.identity())) {
                return status;
            }
        }
        drop(node);
        throw new ErrnoException(Errno.ESTALE, node + " is another object now");
    }

    int size() {
        return open.size();
    }

    void closeAll() {
        open.forgetAll();
    }

    /** The file is not open any more: it needs no descriptor until it is opened again. */
    void released(Node node) {
        open.forgetLater(node.id(), () -> node.opens() > 0);
    }

    /** The node was removed, and nobody refers to it. */
    void gone(long node) {
        open.forgetWithOthers(node);
    }

    static void closeLater(UpstreamCalls upstream, List<? extends AutoCloseable> handles) {
        if (handles.isEmpty()) {
            return;
        }
        upstream.run(Lane.CLOSE, closing(handles));
    }

    /** As {@link #closeLater}, at once if this thread may wait: not to be called with a lock held. */
    static void close(UpstreamCalls upstream, List<? extends AutoCloseable> handles) {
        CompletionStage<Boolean> unused = upstream.runHere(Lane.CLOSE, closing(handles));
    }

    private static Body<Boolean> closing(List<? extends AutoCloseable> handles) {
        return tree -> {
            for (AutoCloseable handle : handles) {
                close(handle);
            }
            return true;
        };
    }

    private static void close(AutoCloseable handle) throws ErrnoException {
        try {
            handle.close();
        } catch (Exception e) {
            throw new ErrnoException(Errno.EIO, "closing a descriptor: " + e.getMessage());
        }
    }

    private PathHandle openChild(UpstreamTree tree, PathHandle parent, Node.Place place) throws ErrnoException {
        try {
            return tree.open(parent, place.name());
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.ENOTDIR) {
                core.dirents().forget(place);
                throw new ErrnoException(Errno.ESTALE, place.name() + " is gone");
            }
            throw e;
        }
    }

    private void compare(Node node, Node.Place place, PathHandle handle, UpstreamTree tree) throws ErrnoException {
        boolean same = false;
        try {
            UpstreamStatus status = tree.status(handle, false);
            same = status.identity().equals(node.identity());
        } finally {
            if (!same) {
                handle.close();
            }
        }
        if (!same) {
            core.dirents().forget(place);
            throw new ErrnoException(Errno.ESTALE, place.name() + " is another object now");
        }
    }

    private HandleCache.Lease<PathHandle> offerRoot() {
        return rootHolder.offer(0, 0, core.services().upstream().tree().root());
    }
}
