package org.netcachefs.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.netcachefs.it.harness.Actor;
import org.netcachefs.it.harness.Command;
import org.netcachefs.it.harness.MountedDaemon;
import org.netcachefs.it.harness.Posix;
import org.netcachefs.it.harness.Scratch;
import org.netcachefs.it.harness.TestUpstream;

/**
 * Promise: a change that hangs upstream is never overtaken by a later one, nor sent twice, whatever becomes of the program that made it. One program's change
 * hangs, it is killed or gets a signal, another makes the same change otherwise; then upstream returns. Each test has an upstream and a
 * mount of its own; as they mostly wait, they run side by side.
 */
class WriteHangIT {
    private static final int SHORT = 6;
    private static final int LONG = 100;
    private static final int O_DSYNC = 010000;
    private static final int O_SYNC = 04010000;
    private static final Duration CIRCUIT_STAYS_CLOSED = Duration.ofMillis(20);
    private static final Duration CIRCUIT_OPENS = Duration.ofMillis(700);

    private final Scratch scratch = Scratch.make("write-hang");
    private Path tree;
    private TestUpstream upstream;
    private MountedDaemon daemon;

    @BeforeEach
    void mount() throws Exception {
        tree = scratch.folder("tree");
        upstream = TestUpstream.show(scratch, tree, "upstream");
        daemon = MountedDaemon.mount(
                scratch,
                upstream.mountPoint(),
                "mount",
                "128M",
                "--upstream-timeout",
                "300ms",
                "--unreachable-after",
                "2s");
    }

    @AfterEach
    void cleanUp() throws Exception {
        upstream.release();
        scratch.close();
    }

    /** What two programs do, and what must be true if the second one's succeeded. */
    private interface Contest {
        Path prepare(int round) throws Exception;

        String first(int round);

        String second(int round);

        void check(int round, boolean secondSucceeded) throws Exception;
    }

    private void hold(int rounds, String operation, Contest contest) throws Exception {
        int successes = 0;
        for (int round = 0; round < rounds; round++) {
            Path file = contest.prepare(round);
            try (Actor first = Actor.open(scratch, file);
                    Actor second = Actor.open(scratch, file)) {
                boolean succeeded =
                        contend(round, operation, first, contest.first(round), second, contest.second(round));
                first.close();
                MountedDaemon.await(
                        "whatever it sent to have landed", () -> daemon.stat().number("gauges.upstream_calls") == 0);
                contest.check(round, succeeded);
                successes += succeeded ? 1 : 0;
            }
        }
        assertThat(successes).as("changes wait, they do not fail").isEqualTo(rounds);
        assertThat(daemon.stat().number("upstream.lost_threads")).isZero();
    }

    private boolean contend(int round, String operation, Actor first, String one, Actor second, String other) {
        boolean all = round % 3 == 0; // it hangs at a lookup then, perhaps: only if killed it never sends the change
        if (all) {
            upstream.hang();
        } else {
            upstream.hang(operation);
        }
        first.tell(one);
        upstream.awaitParked(all ? "" : operation);
        if (all || round % 2 == 0) {
            first.kill();
        } else {
            first.signal();
        }
        second.tell(other);
        Command.pause(round % 4 < 2 ? CIRCUIT_STAYS_CLOSED : CIRCUIT_OPENS);
        upstream.release();
        return second.answer().equals("ok");
    }

    private Path writtenFile() throws Exception {
        Files.writeString(tree.resolve("f"), "-".repeat(100));
        return daemon.path("f");
    }

    /** The same bytes, written differently. */
    private final class Writes implements Contest {
        @Override
        public Path prepare(int round) throws Exception {
            return writtenFile();
        }

        @Override
        public String first(int round) {
            return "write 10 AAAA" + round;
        }

        @Override
        public String second(int round) {
            return "write 10 BBBB" + round;
        }

        @Override
        public void check(int round, boolean secondSucceeded) throws Exception {
            String holds = Files.readString(tree.resolve("f"));
            if (secondSucceeded) {
                assertThat(holds)
                        .isEqualTo("-".repeat(10) + "BBBB" + round + holds.substring(14 + ("" + round).length()));
            }
            assertThat(Files.readString(daemon.path("f"))).isEqualTo(holds);
        }
    }

    @Test
    @Execution(CONCURRENT)
    void laterWrite_isNotOvertakenByOneThatHung() throws Exception {
        hold(SHORT, "write", new Writes());
    }

    @Test
    @Execution(CONCURRENT)
    @Tag("long")
    void laterWrite_isNotOvertakenByOneThatHung_aHundredTimes() throws Exception {
        hold(LONG, "write", new Writes());
    }

    /** The same file, cut differently. */
    private final class Truncations implements Contest {
        @Override
        public Path prepare(int round) throws Exception {
            return writtenFile();
        }

        @Override
        public String first(int round) {
            return "truncate 10";
        }

        @Override
        public String second(int round) {
            return "truncate 20";
        }

        @Override
        public void check(int round, boolean secondSucceeded) throws Exception {
            long size = Files.size(tree.resolve("f"));
            if (secondSucceeded) {
                assertThat(size).isEqualTo(20);
            }
            assertThat(Files.readString(daemon.path("f"))).isEqualTo(Files.readString(tree.resolve("f")));
        }
    }

    @Test
    @Execution(CONCURRENT)
    void laterTruncation_isNotOvertakenByOneThatHung() throws Exception {
        hold(SHORT, "setattr", new Truncations());
    }

    @Test
    @Execution(CONCURRENT)
    @Tag("long")
    void laterTruncation_isNotOvertakenByOneThatHung_aHundredTimes() throws Exception {
        hold(LONG, "setattr", new Truncations());
    }

    /** Two files renamed to the same name. */
    private final class Renames implements Contest {
        @Override
        public Path prepare(int round) throws Exception {
            for (String name : new String[] {"a", "b"}) {
                Files.writeString(Files.createDirectories(tree.resolve(name)).resolve("file"), name + round);
            }
            Files.writeString(tree.resolve("open"), "");
            return daemon.path("open");
        }

        @Override
        public String first(int round) {
            return "rename " + daemon.path("a/file") + " " + daemon.path("target");
        }

        @Override
        public String second(int round) {
            return "rename " + daemon.path("b/file") + " " + daemon.path("target");
        }

        @Override
        public void check(int round, boolean secondSucceeded) throws Exception {
            if (secondSucceeded) {
                assertThat(tree.resolve("target")).hasContent("b" + round);
                assertThat(tree.resolve("b/file")).doesNotExist();
            }
            assertThat(Files.readString(daemon.path("target"))).isEqualTo(Files.readString(tree.resolve("target")));
        }
    }

    @Test
    @Execution(CONCURRENT)
    void laterRename_isNotOvertakenByOneThatHung() throws Exception {
        hold(SHORT, "rename", new Renames());
    }

    @Test
    @Execution(CONCURRENT)
    @Tag("long")
    void laterRename_isNotOvertakenByOneThatHung_aHundredTimes() throws Exception {
        hold(LONG, "rename", new Renames());
    }

    @ParameterizedTest
    @ValueSource(ints = {O_SYNC, O_DSYNC})
    @Execution(CONCURRENT)
    void writeOfAFileOpenedToBeSynced_returnsWhenUpstreamHasSynced(int flag) throws Exception {
        Path file = writtenFile();
        upstream.hang("fsync");
        try (Posix.File open = Posix.open(file, Posix.O_RDWR | flag)) {
            CompletableFuture<Boolean> written = CompletableFuture.supplyAsync(() -> isWritten(open));
            upstream.awaitParked("fsync");
            assertThat(written).isNotDone();
            upstream.release();
            assertThat(written.get(60, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(Files.readString(tree.resolve("f"))).startsWith("synced");
    }

    private static boolean isWritten(Posix.File file) {
        try {
            file.write(ByteBuffer.wrap("synced".getBytes(StandardCharsets.US_ASCII)), 0);
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    @Execution(CONCURRENT)
    void fsyncThatTakesLong_isWaitedFor() throws Exception {
        syncFor(Duration.ofSeconds(6));
    }

    @Test
    @Execution(CONCURRENT)
    @Tag("long")
    void fsyncThatTakesAMinute_isWaitedFor() throws Exception {
        syncFor(Duration.ofSeconds(60));
    }

    private void syncFor(Duration time) throws Exception {
        Files.writeString(tree.resolve("f"), "-".repeat(100));
        try (Actor actor = Actor.open(scratch, daemon.path("f"))) {
            assertThat(actor.does("write 0 synced")).isEqualTo("ok");
            upstream.hang("fsync");
            actor.tell("sync");
            upstream.awaitParked("fsync");
            Command.pause(time);
            assertThat(actor.hasAnswered()).isFalse();
            upstream.release();
            assertThat(actor.answer()).isEqualTo("ok");
        }
        assertThat(Files.readString(daemon.path("f"))).startsWith("synced");
    }
}
