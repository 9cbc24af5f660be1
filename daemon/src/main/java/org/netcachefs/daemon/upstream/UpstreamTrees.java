package org.netcachefs.daemon.upstream;

import java.nio.file.Path;
import java.util.List;
import org.netcachefs.daemon.upstream.internal.SyscallTree;
import org.netcachefs.fuse.ErrnoException;

/** Opens upstream trees. */
public final class UpstreamTrees {
    private UpstreamTrees() {}

    /** The capabilities that a daemon of root needs to act for others and that the calling thread does not have, by name. */
    public static List<String> missingCapabilities() throws ErrnoException {
        return SyscallTree.missingCapabilities();
    }

    /**
     * The tree below {@code root}, which may be mounted over afterwards. The caller closes it.
     *
     * @throws ErrnoException ENOENT if it is missing, ENOTDIR if not a directory, EACCES if unreadable
     */
    public static UpstreamTree open(Path root) throws ErrnoException {
        return SyscallTree.open(root);
    }
}
