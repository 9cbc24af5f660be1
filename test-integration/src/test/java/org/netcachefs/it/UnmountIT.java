package org.netcachefs.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.netcachefs.it.harness.Command;
import org.netcachefs.it.harness.Content;
import org.netcachefs.it.harness.MountedDaemon;
import org.netcachefs.it.harness.Mounts;
import org.netcachefs.it.harness.Posix;
import org.netcachefs.it.harness.Scratch;
import org.netcachefs.it.harness.Trees;

/** How mounts end: asked to, by a signal, or by the death of their daemon. */
class UnmountIT {
    private final Scratch scratch = Scratch.make("unmount");
    private Path tree;
    private List<Trees.Made> files;

    @BeforeEach
    void makeTree() throws Exception {
        tree = scratch.folder("tree");
        files = Trees.make(tree, 60);
    }

    @AfterEach
    void cleanUp() throws Exception {
        scratch.close();
    }

    private void verify(MountedDaemon daemon) throws Exception {
        for (Trees.Made file : files) {
            Content.verify(daemon.path(file.path()), file.seed(), file.size());
        }
    }

    @Test
    void umount_ofABusyMount_saysWhoHoldsIt() throws Exception {
        MountedDaemon daemon = MountedDaemon.mount(scratch, tree, "mount", "128M");
        try (Posix.File held = Posix.open(daemon.path(files.get(14).path()), Posix.O_RDONLY)) {
            Command.Result busy =
                    daemon.command("umount", daemon.mountPoint().toString()).expect(34);
            assertThat(busy.err())
                    .contains(Long.toString(ProcessHandle.current().pid()));
            assertThat(busy.err().strip().lines()).hasSize(1);
            assertThat(held.read(0, 4096)).isEqualTo(Content.bytes(files.get(14).seed(), 0, 4096));
            Command.Result detached = daemon.command(
                            "umount", "-l", daemon.mountPoint().toString())
                    .expect(0);
            assertThat(detached.err()).isEmpty();
            assertThat(detached.out()).contains("unmounted", Long.toString(daemon.pid()));
            assertThat(Mounts.isNetcachefs(daemon.mountPoint())).isFalse();
            assertThat(held.read(0, 4096)).isEqualTo(Content.bytes(files.get(14).seed(), 0, 4096));
        }
        daemon.ended();
    }

    @Test
    void sigterm_unmounts() throws Exception {
        MountedDaemon daemon =
                MountedDaemon.mount(scratch, tree, "mount", "128M").browse();
        verify(daemon);
        ProcessHandle.of(daemon.pid()).orElseThrow().destroy();
        daemon.ended();
        assertThat(Mounts.isNetcachefs(daemon.mountPoint())).isFalse();
        daemon.start();
        verify(daemon);
        assertThat(daemon.stat().number("upstream.read_bytes")).isZero();
    }

    @Test
    void sigterm_servesOpenFilesForSomeSeconds() throws Exception {
        MountedDaemon daemon = MountedDaemon.mount(scratch, tree, "mount", "128M");
        Trees.Made file = files.get(14);
        try (Posix.File held = Posix.open(daemon.path(file.path()), Posix.O_RDONLY)) {
            long before = System.nanoTime();
            ProcessHandle.of(daemon.pid()).orElseThrow().destroy();
            Command.pause(Duration.ofSeconds(1));
            assertThat(held.read(0, 4096)).isEqualTo(Content.bytes(file.seed(), 0, 4096));
            assertThat(daemon.path(files.get(15).path())).hasSize(files.get(15).size());
            daemon.ended();
            assertThat(Duration.ofNanos(System.nanoTime() - before))
                    .isBetween(Duration.ofSeconds(4), Duration.ofSeconds(11));
        }
    }

    @Test
    void deadMount_isCleanedUpByTheNextMount() throws Exception {
        MountedDaemon daemon =
                MountedDaemon.mount(scratch, tree, "mount", "128M").browse();
        verify(daemon);
        daemon.settle();
        daemon.kill9();
        assertThat(Mounts.isNetcachefs(daemon.mountPoint())).isTrue();
        daemon.start();
        verify(daemon);
        assertThat(daemon.stat().number("upstream.read_bytes")).isZero();
        daemon.umount();
        assertThat(Mounts.at(daemon.mountPoint())).isEmpty();
    }
}
