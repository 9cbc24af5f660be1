package org.netcachefs.daemon.upstream;

import java.nio.file.Path;
import org.netcachefs.daemon.upstream.internal.SyscallTree;
import org.netcachefs.fuse.ErrnoException;

/** Opens upstream trees. */
public final class UpstreamTrees {
    private UpstreamTrees() {}

    /**
     * The tree below {@code root}, which may be mounted over afterwards. The caller closes it.
     *
     * @throws ErrnoException ENOENT if it is missing, ENOTDIR if not a directory, EACCES if unreadable
     */
    public static UpstreamTree open(Path root) throws ErrnoException {
        return SyscallTree.open(root);
    }
}
