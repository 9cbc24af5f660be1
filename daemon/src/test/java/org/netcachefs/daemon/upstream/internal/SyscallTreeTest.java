package org.netcachefs.daemon.upstream.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.netcachefs.daemon.upstream.DirectorySide;
import org.netcachefs.daemon.upstream.UpstreamSide;
import org.netcachefs.daemon.upstream.UpstreamTree;
import org.netcachefs.daemon.upstream.UpstreamTree.PathHandle;
import org.netcachefs.daemon.upstream.UpstreamTreeContract;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;

class SyscallTreeTest extends UpstreamTreeContract {
    @TempDir
    private Path directory;

    private UpstreamTree tree;

    @BeforeEach
    void opens() throws ErrnoException {
        tree = SyscallTree.open(directory);
    }

    @Test
    void closing_whileOthersUseTheHandle_neverShowsThemAnotherFile() throws Exception {
        side().file("one", new byte[1]);
        side().file("other", new byte[2]);
        for (int round = 0; round < 300; round++) {
            PathHandle one = tree.open(tree.root(), FileName.of("one"));
            List<CompletableFuture<Void>> users = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                users.add(CompletableFuture.runAsync(() -> useUntilClosed(one)));
            }
            one.close();
            one.close();
            List<PathHandle> others = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                others.add(tree.open(tree.root(), FileName.of("other")));
            }
            users.forEach(CompletableFuture::join);
            others.forEach(PathHandle::close);
        }
    }

    private void useUntilClosed(PathHandle one) {
        try {
            while (true) {
                assertThat(tree.status(one, false).attributes().size()).isEqualTo(1);
            }
        } catch (ErrnoException e) {
            assertThat(e.errno()).isEqualTo(Errno.EBADF);
        }
    }

    @Override
    protected UpstreamTree tree() {
        return tree;
    }

    @Override
    protected UpstreamSide side() {
        return new DirectorySide(directory);
    }
}
