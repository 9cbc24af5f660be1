package org.netcachefs.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.netcachefs.it.harness.Content;
import org.netcachefs.it.harness.MountedDaemon;
import org.netcachefs.it.harness.Scratch;
import org.netcachefs.it.harness.Trees;

/** Promise: what a killed daemon leaves behind is its cache, and a dead mount that the next mount takes away. */
class LeftoversIT {
    private final Scratch scratch = Scratch.make("leftovers");
    private Path tree;

    @BeforeEach
    void makeTree() throws Exception {
        tree = scratch.folder("tree");
        Trees.file(tree, "file", 1, 10_000);
    }

    @AfterEach
    void cleanUp() throws Exception {
        scratch.close();
    }

    private static List<Path> children(Path directory) throws Exception {
        try (Stream<Path> children = Files.list(directory)) {
            return children.toList();
        }
    }

    @Test
    void killed_leavesNoTemporaryFile() throws Exception {
        MountedDaemon daemon = MountedDaemon.launch(scratch, tree, "mount", "128M");
        Content.verify(daemon.path("file"), 1, 10_000);
        assertThat(daemon.stat().text("cache.health")).isEqualTo("HEALTHY");
        daemon.kill9();
        assertThat(children(scratch.directory().resolve("tmp"))).isEmpty();
    }

    @Test
    void killed_leavesNothingInTheRuntimeDirectory_onceSomethingIsMountedAgain() throws Exception {
        Path other = scratch.folder("other");
        MountedDaemon killed = MountedDaemon.mount(scratch, tree, "killed", "128M");
        List<Path> its = runtimeFiles(killed);
        assertThat(its).hasSize(2);
        killed.kill9();
        assertThat(its).allMatch(Files::exists);
        MountedDaemon next = MountedDaemon.mount(scratch, other, "next", "128M");
        assertThat(its).noneMatch(Files::exists);
        its = runtimeFiles(next);
        assertThat(its).hasSize(2);
        next.umount();
        assertThat(its).noneMatch(Files::exists);
    }

    /** The files of a daemon end in what is unique of its volume, or go on with its pid after that. */
    private static List<Path> runtimeFiles(MountedDaemon daemon) throws Exception {
        String volume = daemon.stat().text("mount.volume");
        String unique = volume.substring(volume.lastIndexOf('-'));
        return children(Path.of("/run/netcachefs")).stream()
                .filter(file -> file.getFileName().toString().contains(unique))
                .toList();
    }
}
