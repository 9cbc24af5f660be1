package org.netcachefs.daemon.netfs;

import org.netcachefs.daemon.upstream.Identity;
import org.netcachefs.daemon.upstream.UpstreamTree;
import org.netcachefs.daemon.upstream.UpstreamTree.PathHandle;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileType;

/**
 * Who may read what is cached: what upstream granted, by opening the object as him. A grant holds as long as attributes are believed and the object's are what they
 * were when it was given; while upstream hangs, as long as nothing else is known of it. The daemon's own user needs none. Thread-safe.
 */
final class Access {
    static final int MOST_GRANTS = 32_768;
    private static final int X_OK = 1;

    private final Core core;
    private final PathHandles paths;
    private final DataHandles data;
    private final ClockMap<Key, Grant> grants = new ClockMap<>(MOST_GRANTS, grant -> true);

    /** {@code runs}: to run the file, not to read it. */
    private record Key(long node, Identity who, boolean runs) {}

    /** {@code state} is {@link Look#state}. */
    private record Grant(long state, long epoch, long sinceNanos) {}

    Access(Core core, PathHandles paths, DataHandles data) {
        this.core = core;
        this.paths = paths;
        this.data = data;
    }

    /** Whether {@code who} may read without upstream being asked. */
    boolean isGranted(Node node, Identity who, boolean runs) {
        if (who.isOwn()) {
            return true;
        }
        Grant grant = grants.get(new Key(node.id(), who, runs));
        Look look = node.look();
        return grant != null
                && look != null
                && grant.state == look.state()
                && grant.epoch == core.epoch()
                && core.now() - grant.sinceNanos < validity(look);
    }

    private long validity(Look look) {
        return switch (core.config().coherency()) {
            case STRICT -> 0;
            case CLOSE_TO_OPEN, TTL -> look.timeoutNanos();
            case IMMUTABLE -> core.config().times().maxNanos(look.attributes().isDirectory());
        };
    }

    /** Whether {@code who} was last granted it, for when upstream cannot be asked. */
    boolean wasGranted(Node node, Identity who, boolean runs) {
        if (who.isOwn()) {
            return true;
        }
        Grant grant = grants.get(new Key(node.id(), who, runs));
        return grant != null && grant.state == node.state();
    }

    /** Asks upstream as whom the thread acts for, unless that is granted. Runs inside a call on upstream. */
    void require(UpstreamTree tree, Node node, boolean runs) throws ErrnoException {
        Identity who = tree.actor();
        if (isGranted(node, who, runs)) {
            return;
        }
        Key key = new Key(node.id(), who, runs);
        Grant grant = new Grant(node.state(), core.epoch(), core.now());
        try {
            ask(tree, node, runs);
            grants.put(key, grant);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.EACCES || e.errno() == Errno.EPERM) {
                grants.remove(key);
            }
            throw e;
        }
    }

    private void ask(UpstreamTree tree, Node node, boolean runs) throws ErrnoException {
        if (node.type() == FileType.DIRECTORY) {
            askOf(tree, node, tree::checkListing);
            return;
        }
        try {
            data.openAs(tree, node);
        } catch (ErrnoException e) {
            if (!runs || e.errno() != Errno.EACCES) {
                throw e;
            }
            askOf(tree, node, handle -> tree.access(handle, X_OK)); // some may run a file but not read it
        }
    }

    private interface Asking {
        void ask(PathHandle handle) throws ErrnoException;
    }

    private void askOf(UpstreamTree tree, Node node, Asking asking) throws ErrnoException {
        try (HandleCache.Lease<PathHandle> lease = paths.lease(tree, node)) {
            asking.ask(lease.handle());
        }
    }
}
