package org.netcachefs.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.netcachefs.it.harness.Actor;
import org.netcachefs.it.harness.MountedDaemon;
import org.netcachefs.it.harness.Scratch;
import org.netcachefs.it.harness.TestUpstream;

/** Promise: with {@code --write-timeout} no program waits for longer for a change that hangs, which is still not overtaken by a later one. */
class WriteLimitIT {
    private final Scratch scratch = Scratch.make("write-limit");
    private Path tree;
    private TestUpstream upstream;
    private MountedDaemon daemon;

    @BeforeEach
    void mount() throws Exception {
        tree = scratch.folder("tree");
        Files.writeString(tree.resolve("f"), "-".repeat(40));
        upstream = TestUpstream.show(scratch, tree, "upstream");
        daemon = MountedDaemon.mount(
                scratch,
                upstream.mountPoint(),
                "mount",
                "128M",
                "--write-timeout",
                "1s",
                "--unreachable-errno",
                "ETIMEDOUT");
    }

    @AfterEach
    void cleanUp() throws Exception {
        upstream.release();
        scratch.close();
    }

    @Test
    void writeThatHangs_failsInTime_andItsFileIsWrittenOnceItIsOpenedAnew() throws Exception {
        Path file = daemon.path("f");
        try (Actor first = Actor.open(scratch, file)) {
            assertThat(first.does("write 0 before")).isEqualTo("ok");
            upstream.hang("write");
            assertThat(first.does("write 10 LATE")).isEqualTo("Connection timed out");
            assertThat(first.does("write 20 MORE")).isEqualTo("Input/output error");
            assertThat(first.does("sync")).isEqualTo("Input/output error");
            try (Actor second = Actor.open(scratch, file)) {
                second.tell("write 12 NEXT");
                upstream.awaitParked("write");
                upstream.release();
                assertThat(second.answer()).isEqualTo("ok");
            }
            String expected = "before----LANEXT" + "-".repeat(24);
            assertThat(Files.readString(tree.resolve("f"))).isEqualTo(expected);
            assertThat(Files.readString(file)).isEqualTo(expected);
            assertThat(first.does("close")).isEqualTo("Input/output error");
        }
        assertThat(Files.readString(file)).isEqualTo(Files.readString(tree.resolve("f")));
        MountedDaemon.await("all calls to return", () -> daemon.stat().number("upstream.lost_threads") == 0);
    }

    @Test
    void fsyncThatHangs_failsInTime() throws Exception {
        try (Actor actor = Actor.open(scratch, daemon.path("f"))) {
            assertThat(actor.does("write 0 synced")).isEqualTo("ok");
            upstream.hang("fsync");
            assertThat(actor.does("sync")).isEqualTo("Connection timed out");
            upstream.release();
            assertThat(actor.does("write 0 again")).isEqualTo("Input/output error");
        }
        assertThat(Files.readString(daemon.path("f"))).startsWith("synced");
    }
}
