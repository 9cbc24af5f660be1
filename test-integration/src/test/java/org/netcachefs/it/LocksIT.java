package org.netcachefs.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.netcachefs.it.harness.Figures;
import org.netcachefs.it.harness.MountedDaemon;
import org.netcachefs.it.harness.Perl;
import org.netcachefs.it.harness.Posix;
import org.netcachefs.it.harness.Scratch;

/** Promise: locks taken through the mount exclude programs beside it too, and whoever has one reads what was written under it. */
class LocksIT {
    private static final int INCREMENTS = 10_000;

    /** range(FILE, F_SETLK or F_SETLKW, type, start, length): true when granted. */
    private static final String LOCKS = "use Fcntl qw(:DEFAULT :flock);"
            + "sub range { my ($f, $c, $t, $s, $n) = @_; my $l = pack('ssx4qqlx4', $t, 0, $s, $n, 0); fcntl($f, $c, $l) }"
            + "sub query { my ($f, $t) = @_; my $l = pack('ssx4qqlx4', $t, 0, 0, 0, 0);"
            + " fcntl($f, F_GETLK, $l) or die $!; my ($k, $w, $s, $n, $p) = unpack('ssx4qqlx4', $l); \"$k $s $n $p\" }"
            + "sub said { print $_[0] ? \"yes\\n\" : \"no $!\\n\" }"
            + "sub file { open(my $f, '+<', $_[0]) or die \"open: $!\"; $f }";

    /** Counts up in a file, each step under a lock, without ever closing it; beside the mount, where a step takes microseconds, with pauses. */
    private static final String COUNTER = LOCKS
            + "my ($path, $kind, $rounds, $pause) = @ARGV; my $f = file($path);"
            + "print \"ready\\n\"; <STDIN>;"
            + "for (1 .. $rounds) {"
            + " ($kind eq 'flock' ? flock($f, LOCK_EX) : range($f, F_SETLKW, F_WRLCK, 0, 0)) or die \"lock: $!\";"
            + " sysseek($f, 0, 0); my $n; sysread($f, $n, 100) == 20 or die \"read: $! $n\";"
            + " sysseek($f, 0, 0); syswrite($f, sprintf('%020d', $n + 1)) == 20 or die \"write: $!\";"
            + " ($kind eq 'flock' ? flock($f, LOCK_UN) : range($f, F_SETLK, F_UNLCK, 0, 0)) or die \"unlock: $!\";"
            + " select(undef, undef, undef, $pause) if $pause;"
            + "} print \"done\\n\";";

    private final Scratch scratch = Scratch.make("locks");
    private Path tree;
    private MountedDaemon daemon;
    private Path beside;
    private Path inside;

    @BeforeEach
    void mount() throws Exception {
        tree = scratch.folder("tree");
        beside = Files.writeString(tree.resolve("file"), "0".repeat(20));
        daemon = MountedDaemon.mount(scratch, tree, "mount", "256M");
        inside = daemon.path("file");
    }

    @AfterEach
    void cleanUp() throws Exception {
        scratch.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"fcntl", "flock"})
    void countersIncrementedUnderLock_byTwoProcessesAndOneBesideTheMount_areExact(String kind) throws Exception {
        List<Perl> programs = List.of(
                Perl.start(scratch, COUNTER, inside, kind, INCREMENTS / 3, 0),
                Perl.start(scratch, COUNTER, inside, kind, INCREMENTS / 3, 0),
                Perl.start(scratch, COUNTER, beside, kind, INCREMENTS - 2 * (INCREMENTS / 3), 0.0005));
        for (Perl program : programs) {
            assertThat(program.line()).isEqualTo("ready");
        }
        long start = System.nanoTime();
        for (Perl program : programs) {
            program.goOn();
        }
        for (Perl program : programs) {
            assertThat(program.line()).isEqualTo("done");
        }
        Figures.note("locks, " + kind + ": " + INCREMENTS + " increments in " + (System.nanoTime() - start) / 1_000_000
                + " ms");
        assertThat(Long.parseLong(Files.readString(beside))).isEqualTo(INCREMENTS);
        assertThat(Long.parseLong(Files.readString(inside))).isEqualTo(INCREMENTS);
    }

    /** As the former, but that the file is opened, grows and is closed under each lock. */
    @Test
    void linesAppendedUnderLock_areAllThere() throws Exception {
        String appender = LOCKS
                + "my ($path, $rounds) = @ARGV; print \"ready\\n\"; <STDIN>;"
                + "for (1 .. $rounds) { my $f = file($path); range($f, F_SETLKW, F_WRLCK, 0, 0) or die \"lock: $!\";"
                + " my @lines = <$f>; my $n = @lines; seek($f, 0, 2); print $f \"$n\\n\"; close($f) }"
                + "print \"done\\n\";";
        Files.writeString(beside, "");
        List<Perl> programs = List.of(
                Perl.start(scratch, appender, inside, 200),
                Perl.start(scratch, appender, inside, 200),
                Perl.start(scratch, appender, beside, 200));
        for (Perl program : programs) {
            assertThat(program.line()).isEqualTo("ready");
            program.goOn();
        }
        for (Perl program : programs) {
            assertThat(program.line()).isEqualTo("done");
        }
        List<String> numbers = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            numbers.add(Integer.toString(i));
        }
        assertThat(Files.readAllLines(beside)).isEqualTo(numbers);
    }

    @Test
    void oneProcess_thatLocksAFileTwice_isNotInItsOwnWay_andClosingEitherDropsItsLocks() throws Exception {
        Perl twice = Perl.start(
                scratch,
                LOCKS + "my $a = file($ARGV[0]); my $b = file($ARGV[0]); said(range($a, F_SETLK, F_WRLCK, 0, 0));"
                        + "said(range($b, F_SETLK, F_WRLCK, 0, 0)); <STDIN>; close($b); print \"closed\\n\"; <STDIN>;",
                inside);
        assertThat(twice.line()).isEqualTo("yes");
        assertThat(twice.line()).isEqualTo("yes");
        assertThat(tried(inside)).startsWith("no ");
        assertThat(tried(beside)).startsWith("no ");
        assertThat(twice.goOn().line()).isEqualTo("closed");
        assertThat(tried(beside)).isEqualTo("yes\n");
        assertThat(tried(inside)).isEqualTo("yes\n");
        twice.goOn();
    }

    private String tried(Path file) throws Exception {
        return Perl.start(scratch, LOCKS + "said(range(file($ARGV[0]), F_SETLK, F_WRLCK, 0, 0));", file)
                .rest();
    }

    @Test
    void flocksOfTwoDescriptors_excludeEachOther_asDoProgramsBesideTheMount() throws Exception {
        Perl twice = Perl.start(
                scratch,
                LOCKS + "my $a = file($ARGV[0]); my $b = file($ARGV[0]); said(flock($a, LOCK_EX | LOCK_NB));"
                        + "said(flock($b, LOCK_SH | LOCK_NB)); said(flock($a, LOCK_SH | LOCK_NB));"
                        + "said(flock($b, LOCK_SH | LOCK_NB)); <STDIN>; close($a); close($b); print \"closed\\n\"; <STDIN>;",
                inside);
        assertThat(twice.line()).isEqualTo("yes");
        assertThat(twice.line()).startsWith("no ");
        assertThat(twice.line()).isEqualTo("yes");
        assertThat(twice.line()).isEqualTo("yes");
        String exclusive = LOCKS + "said(flock(file($ARGV[0]), LOCK_EX | LOCK_NB));";
        assertThat(Perl.start(scratch, exclusive, beside).rest()).startsWith("no ");
        assertThat(twice.goOn().line()).isEqualTo("closed");
        MountedDaemon.await(
                "the last close",
                () -> Perl.start(scratch, exclusive, beside).rest().equals("yes\n"));
    }

    /** What is open for writing cannot be run. */
    @Test
    void programThatReadersHaveLocked_canBeRun() throws Exception {
        Path program = Files.copy(Path.of("/bin/true"), tree.resolve("program"));
        assertThat(program.toFile().setExecutable(true)).isTrue();
        Perl reader = Perl.start(
                scratch,
                LOCKS + "open(my $f, '<', $ARGV[0]) or die $!; said(flock($f, LOCK_EX | LOCK_NB));"
                        + "said(range($f, F_SETLK, F_RDLCK, 0, 0)); <STDIN>;",
                daemon.path("program"));
        assertThat(reader.line()).isEqualTo("yes");
        assertThat(reader.line()).isEqualTo("yes");
        assertThat(new ProcessBuilder(program.toString()).start().waitFor()).isZero();
        assertThat(new ProcessBuilder(daemon.path("program").toString()).start().waitFor())
                .isZero();
        reader.goOn();
    }

    /** No flush tells of their end: they go with the handle. */
    @Test
    void locksOfOpenFiles_excludeEachOtherInOneProcess_andEndWithTheLastClose() throws Exception {
        Perl twice = Perl.start(
                scratch,
                LOCKS
                        + "my $set = 37; my $a = file($ARGV[0]); my $b = file($ARGV[0]); said(range($a, $set, F_WRLCK, 0, 10));"
                        + "said(range($b, $set, F_WRLCK, 5, 1)); said(range($b, $set, F_WRLCK, 10, 1)); <STDIN>;"
                        + "close($a); close($b); print \"closed\\n\"; <STDIN>;",
                inside);
        assertThat(twice.line()).isEqualTo("yes");
        assertThat(twice.line()).startsWith("no ");
        assertThat(twice.line()).isEqualTo("yes");
        assertThat(tried(beside)).startsWith("no ");
        assertThat(twice.goOn().line()).isEqualTo("closed");
        MountedDaemon.await("the last close", () -> tried(beside).equals("yes\n"));
        assertThat(tried(inside)).isEqualTo("yes\n");
    }

    /** close(2) returns before the daemon is told of it. */
    @ParameterizedTest
    @ValueSource(strings = {"flock", "open file"})
    void lockOfWhatWasJustClosed_isInNobodysWay(String kind) throws Exception {
        Perl loop = Perl.start(
                scratch,
                LOCKS + "my ($path, $kind) = @ARGV; my $refused = 0; for (1 .. 200) {"
                        + " my $a = file($path); my $b = file($path);"
                        + " my $lock = sub { $kind eq 'flock' ? flock($_[0], LOCK_EX | LOCK_NB) : range($_[0], 37, F_WRLCK, 0, 0) };"
                        + " $lock->($a) or die \"lock: $!\"; close($a); $refused++ if !$lock->($b); close($b);"
                        + "} print \"$refused refused\\n\";",
                inside,
                kind);
        assertThat(loop.rest()).isEqualTo("0 refused\n");
    }

    @Test
    void whatWasChangedThroughAMapping_isUpstreamOnceItIsUnlocked() throws Exception {
        try (Posix.File file = Posix.open(inside, Posix.O_RDWR);
                Posix.Mapping mapping = file.map(0, 20);
                FileChannel channel = FileChannel.open(inside, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            for (int i = 1; i <= 3; i++) {
                String number = String.format("%020d", i);
                try (FileLock lock = channel.lock()) {
                    mapping.write(0, number.getBytes(StandardCharsets.US_ASCII));
                }
                assertThat(beside).hasContent(number);
            }
            Files.writeString(beside, "7".repeat(20));
            try (FileLock lock = channel.lock()) {
                assertThat(mapping.read(0, 1)).as("by who locks it then").containsExactly('7');
            }
        }
    }

    @Test
    void query_namesTheHolder() throws Exception {
        String holder = LOCKS + "my $f = file($ARGV[0]); said(range($f, F_SETLK, F_WRLCK, 10, 5)); <STDIN>;";
        String question = LOCKS + "print query(file($ARGV[0]), F_RDLCK), \"\\n\";";
        for (Path where : List.of(inside, beside)) {
            Perl holding = Perl.start(scratch, holder, where);
            assertThat(holding.line()).isEqualTo("yes");
            assertThat(Perl.start(scratch, question, inside).rest()).isEqualTo("1 10 5 " + holding.pid() + "\n");
            holding.goOn();
            assertThat(holding.rest()).isEmpty();
        }
        assertThat(Perl.start(scratch, question, inside).rest()).startsWith("2 ");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void waitForALock_thatASignalInterrupts_endsWithEintr_andLeavesNoLock(boolean heldInside) throws Exception {
        Perl holder = Perl.start(
                scratch,
                LOCKS + "my $f = file($ARGV[0]); said(range($f, F_SETLK, F_WRLCK, 0, 0)); <STDIN>;",
                heldInside ? inside : beside);
        assertThat(holder.line()).isEqualTo("yes");
        Perl waiter = Perl.start(
                scratch,
                LOCKS + "use Errno; my $f = file($ARGV[0]); $SIG{ALRM} = sub {}; alarm 1;"
                        + "print range($f, F_SETLKW, F_WRLCK, 0, 0) ? 'locked' : $!{EINTR} ? 'interrupted' : $!, \"\\n\"; <STDIN>;",
                inside);
        assertThat(waiter.line()).isEqualTo("interrupted");
        holder.goOn();
        assertThat(holder.rest()).isEmpty();
        assertThat(tried(beside)).isEqualTo("yes\n");
        waiter.goOn();
    }

    @Test
    void manyWaiters_holdNobodyUp_andAllGetTheLock() throws Exception {
        Perl holder = Perl.start(
                scratch, LOCKS + "my $f = file($ARGV[0]); said(range($f, F_SETLK, F_WRLCK, 0, 0)); <STDIN>;", beside);
        assertThat(holder.line()).isEqualTo("yes");
        Perl waiters = Perl.start(
                scratch,
                LOCKS + "for (1 .. 60) { next if fork; my $f = file($ARGV[0]);"
                        + "range($f, F_SETLKW, F_WRLCK, 0, 0) or die \"$!\\n\"; exit }"
                        + "print \"waiting\\n\"; while (wait() > 0) { die 'failed' if $? } print \"done\\n\";",
                inside);
        assertThat(waiters.line()).isEqualTo("waiting");
        for (int i = 0; i < 20; i++) {
            Files.writeString(tree.resolve("other" + i), "content" + i);
            assertThat(Files.readString(daemon.path("other" + i))).isEqualTo("content" + i);
            assertThat(tried(daemon.path("other" + i))).isEqualTo("yes\n");
        }
        holder.goOn();
        assertThat(waiters.line()).isEqualTo("done");
    }
}
