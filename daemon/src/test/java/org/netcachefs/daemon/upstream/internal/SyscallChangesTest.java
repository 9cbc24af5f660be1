package org.netcachefs.daemon.upstream.internal;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.netcachefs.daemon.upstream.UpstreamChangesContract;
import org.netcachefs.daemon.upstream.UpstreamTree;
import org.netcachefs.fuse.ErrnoException;

class SyscallChangesTest extends UpstreamChangesContract {
    @TempDir
    private Path directory;

    private UpstreamTree tree;

    @BeforeEach
    void opens() throws ErrnoException {
        tree = SyscallTree.open(directory);
    }

    @Override
    protected UpstreamTree tree() {
        return tree;
    }
}
