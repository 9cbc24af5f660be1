package org.netcachefs.daemon.netfs;

import org.jspecify.annotations.Nullable;
import org.netcachefs.daemon.upstream.UpstreamTree;
import org.netcachefs.daemon.upstream.UpstreamTree.DataHandle;
import org.netcachefs.daemon.upstream.UpstreamTree.Handle;
import org.netcachefs.daemon.upstream.UpstreamTree.PathHandle;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Descriptors to ask and change an object by: what it is open for writing by, if it is, since the way by its name takes some calls more, and
 * comparing what lies there would have NFS send what was written. Thread-safe; used inside calls on upstream, as it may block.
 */
final class ObjectHandles {
    private static final Logger LOG = LoggerFactory.getLogger(ObjectHandles.class);

    private final PathHandles paths;
    private final @Nullable Writers writers;

    /** {@code writers} is null where nothing can be written. */
    ObjectHandles(PathHandles paths, @Nullable Writers writers) {
        this.paths = paths;
        this.writers = writers;
    }

    /** System calls on one object. */
    interface Calls<T> {
        T on(Handle object) throws ErrnoException;
    }

    /** Makes {@code calls}, again by name if the file was closed meanwhile. */
    <T> T on(UpstreamTree tree, Node node, Calls<T> calls) throws ErrnoException {
        DataHandle open = writers == null ? null : writers.handle(node);
        if (open != null) {
            try {
                return calls.on(open);
            } catch (ErrnoException e) {
                if (e.errno() != Errno.EBADF) {
                    throw e;
                }
                LOG.debug("{} was closed meanwhile", node);
            }
        }
        try (HandleCache.Lease<PathHandle> lease = paths.lease(tree, node)) {
            return calls.on(lease.handle());
        }
    }
}
