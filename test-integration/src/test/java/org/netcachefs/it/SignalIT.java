package org.netcachefs.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.netcachefs.it.harness.Command;
import org.netcachefs.it.harness.Content;
import org.netcachefs.it.harness.MountedDaemon;
import org.netcachefs.it.harness.Scratch;
import org.netcachefs.it.harness.TestUpstream;

/** Promise: a signal that a program handles fails none of its calls, and whoever is killed is let go. */
class SignalIT {
    private static final int SIZE = 30_000;

    private final Scratch scratch = Scratch.make("signal");
    private TestUpstream upstream;
    private MountedDaemon daemon;

    @BeforeEach
    void mount() throws Exception {
        Path tree = scratch.folder("tree");
        Content.write(tree.resolve("a"), 1, SIZE);
        Content.write(tree.resolve("b"), 1, SIZE);
        upstream = TestUpstream.show(scratch, tree, "upstream");
        daemon = MountedDaemon.mount(scratch, upstream.mountPoint(), "mount", "256M", "--unreachable-after", "60s");
    }

    @AfterEach
    void cleanUp() throws Exception {
        upstream.release();
        scratch.close();
    }

    @Test
    void handledSignals_failNoCallOnASlowUpstream() throws Exception {
        upstream.delay(Duration.ofMillis(200));
        Process program = perl(
                "$SIG{USR1} = sub {}; $us = $$;"
                        + "if (!fork) { close STDOUT; close STDERR; select(undef, undef, undef, 0.02) while kill 'USR1', $us; exit }"
                        + "stat($ARGV[0]) or print \"stat: $!\\n\"; open(F, '<', $ARGV[1]) or print \"open: $!\\n\";"
                        + "sysread(F, $bytes, 10000) or print \"read: $!\\n\";",
                daemon.path("a"),
                daemon.path("b"));
        assertThat(new String(program.getInputStream().readAllBytes())).isEmpty();
        assertThat(program.waitFor(10, TimeUnit.SECONDS)).isTrue();
        upstream.delay(Duration.ZERO);
    }

    @Test
    void hungUpstream_whoeverIsAskedToStopIsLetGo() throws Exception {
        upstream.hang();
        // A background job of a script is born ignoring SIGINT.
        Process plain = perl("$SIG{INT} = 'DEFAULT'; $| = 1; print 'r'; stat($ARGV[0])", daemon.path("a"));
        Process handling = perl("$SIG{INT} = sub { exit 7 }; $| = 1; print 'r'; stat($ARGV[0])", daemon.path("b"));
        assertThat(plain.getInputStream().read()).isEqualTo('r');
        assertThat(handling.getInputStream().read()).isEqualTo('r');
        Command.pause(Duration.ofMillis(500)); // most likely both wait by now
        interrupt(plain);
        interrupt(handling);
        assertThat(plain.waitFor(20, TimeUnit.SECONDS)).as("killed").isTrue();
        assertThat(handling.waitFor(20, TimeUnit.SECONDS)).as("asked to stop").isTrue();
        assertThat(handling.exitValue()).isEqualTo(7);
    }

    private static Process perl(String script, Path... files) throws Exception {
        List<String> command = new ArrayList<>(List.of("perl", "-e", script));
        for (Path file : files) {
            command.add(file.toString());
        }
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private static void interrupt(Process process) {
        Command.run(List.of("kill", "-INT", Long.toString(process.pid()))).expect(0);
    }
}
