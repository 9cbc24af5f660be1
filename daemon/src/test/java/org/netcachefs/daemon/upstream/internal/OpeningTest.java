package org.netcachefs.daemon.upstream.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.netcachefs.daemon.upstream.UpstreamTree;
import org.netcachefs.daemon.upstream.UpstreamTrees;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;

class OpeningTest {
    @TempDir
    private Path directory;

    @Test
    void aMissingRoot_isEnoent() {
        assertThat(errnoOf(directory.resolve("missing"))).isEqualTo(Errno.ENOENT);
    }

    @Test
    void aFile_isEnotdir() throws IOException {
        assertThat(errnoOf(Files.createFile(directory.resolve("file")))).isEqualTo(Errno.ENOTDIR);
    }

    @Test
    void aLinkToADirectory_andNamesWithBlanksAndAccents_open() throws IOException, ErrnoException {
        Path odd = Files.createDirectory(directory.resolve("100% odd näme +?#"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), odd);
        for (Path path : new Path[] {odd, link}) {
            UpstreamTree tree = UpstreamTrees.open(path);
            tree.status(tree.root(), true);
            tree.close();
            assertThat(tree.openDescriptors()).isZero();
        }
    }

    @Test
    void theTreeStays_whenItsRootIsRenamed() throws IOException, ErrnoException {
        Path root = Files.createDirectory(directory.resolve("root"));
        UpstreamTree tree = UpstreamTrees.open(root);
        Files.move(root, directory.resolve("elsewhere"));
        Files.createDirectory(directory.resolve("elsewhere/inside"));
        assertThat(tree.status(tree.root(), true).attributes().links()).isEqualTo(3);
        tree.close();
    }

    private static Errno errnoOf(Path path) {
        return catchThrowableOfType(ErrnoException.class, () -> UpstreamTrees.open(path))
                .errno();
    }
}
