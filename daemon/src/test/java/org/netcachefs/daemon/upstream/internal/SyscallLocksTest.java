package org.netcachefs.daemon.upstream.internal;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.netcachefs.daemon.upstream.UpstreamLocksContract;
import org.netcachefs.daemon.upstream.UpstreamTree;
import org.netcachefs.fuse.ErrnoException;

class SyscallLocksTest extends UpstreamLocksContract {
    @TempDir
    private Path directory;

    private UpstreamTree tree;

    @Override
    protected UpstreamTree tree() {
        try {
            tree = tree == null ? SyscallTree.open(directory) : tree;
        } catch (ErrnoException e) {
            throw new IllegalStateException(e);
        }
        return tree;
    }
}
