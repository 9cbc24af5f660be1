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
import org.netcachefs.it.harness.Pace;
import org.netcachefs.it.harness.Perl;
import org.netcachefs.it.harness.Scratch;
import org.netcachefs.it.harness.Stat;
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
        Content.write(tree.resolve("c"), 1, SIZE);
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

    /** Readers of files of their own, one of them beside the kernel's page cache, killed one by one: the milliseconds each took to end. */
    private static final String KILLED = """
            use Time::HiRes "time";
            use POSIX ":sys_wait_h";
            my @readers;
            for my $number (0 .. $#ARGV) {
                pipe(my $from, my $to);
                my $pid = fork;
                if (!$pid) {
                    $SIG{INT} = "DEFAULT";
                    sysopen(my $file, $ARGV[$number], $number ? 0 : 040000) or die "open: $!";
                    syswrite($to, "r");
                    sysread($file, my $bytes, 4096);
                    exit 3;
                }
                sysread($from, my $ready, 1);
                push @readers, $pid;
            }
            print "reading\n";
            <STDIN>;
            foreach my $pid (@readers) {
                my $start = time;
                kill "INT", $pid;
                waitpid($pid, 0);
                ($? & 127) == 2 or print "ended with $?\n";
                printf "%.1f\n", (time - $start) * 1000;
            }
            """;

    @Test
    void readersOfAHungUpstream_endWithSigint_atOnce_andNothingOfThemIsLeft() throws Exception {
        upstream.hang("read");
        Stat before = daemon.stat();
        try (Perl readers = Perl.start(scratch, KILLED, daemon.path("a"), daemon.path("b"), daemon.path("c"))) {
            assertThat(readers.line()).isEqualTo("reading");
            upstream.awaitParked("read");
            Command.pause(Duration.ofMillis(500)); // most likely all of them wait by now
            for (String took : readers.goOn().rest().split("\n")) {
                Duration each = Duration.ofNanos((long) (Double.parseDouble(took) * 1e6));
                Pace.assertWithin("a reader's end", each, Duration.ofMillis(100));
            }
        }
        assertThat(daemon.stat().number("gauges.upstream_calls"))
                .as("abandoned")
                .isPositive();
        upstream.release();
        MountedDaemon.await("what was abandoned to end", () -> {
            Stat after = daemon.stat();
            return List.of("handles", "holds", "upstream_calls", "buffers_used_bytes").stream()
                    .allMatch(gauge -> after.number("gauges." + gauge) == before.number("gauges." + gauge));
        });
        Content.verify(daemon.path("b"), 1, SIZE);
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
