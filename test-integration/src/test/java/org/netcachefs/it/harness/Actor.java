package org.netcachefs.it.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A program of its own that has a file open and does one system call when told to: {@code write OFFSET TEXT}, {@code truncate SIZE},
 * {@code rename FROM TO}, {@code sync}, {@code close}. It may be killed while it does. Used by one thread.
 */
public final class Actor implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String PROGRAM = """
            use IO::Handle;
            $SIG{USR1} = sub {};
            $| = 1;
            open(my $f, "+<", $ARGV[0]) or die "open: $!";
            print "open\\n";
            while (my $line = <STDIN>) {
                chomp $line;
                my ($op, @a) = split / /, $line;
                $! = 0;
                my $done = $op eq "write" ? (sysseek($f, $a[0], 0) && syswrite($f, $a[1]) == length($a[1]))
                    : $op eq "truncate" ? truncate($f, $a[0])
                    : $op eq "rename" ? rename($a[0], $a[1])
                    : $op eq "sync" ? $f->sync
                    : $op eq "close" ? close($f) : die $op;
                print $done ? "ok\\n" : "$!\\n";
            }
            """;

    private final Process process;
    private final PrintStream orders;
    private final BufferedReader answers;

    private Actor(Process process) {
        this.process = process;
        this.orders = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        this.answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** One that has opened {@code file} for reading and writing. */
    public static Actor open(Scratch scratch, Path file) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(List.of("perl", "-e", PROGRAM, file.toString()));
        builder.environment().put("LC_ALL", "C");
        Actor actor = scratch.closing(
                new Actor(builder.redirectError(ProcessBuilder.Redirect.INHERIT).start()));
        assertThat(actor.answer()).isEqualTo("open");
        return actor;
    }

    /** Has it begin; {@link #answer} tells what came of it. */
    public void tell(String order) {
        orders.println(order);
    }

    /** {@code ok}, or the error's message; an empty text if it died. */
    public String answer() {
        try {
            String line = answers.readLine();
            return line == null ? "" : line;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String does(String order) {
        tell(order);
        return answer();
    }

    public boolean hasAnswered() throws IOException {
        return answers.ready();
    }

    /** SIGKILL; it may take until its system call returns. */
    public void kill() {
        process.destroyForcibly();
    }

    /** A signal that it handles. */
    public void signal() {
        Command.run(List.of("kill", "-USR1", Long.toString(process.pid()))).expect(0);
    }

    /** Ends it, which closes its file. */
    @Override
    public void close() {
        orders.close();
        if (!Command.waitFor(process, PATIENCE)) {
            process.destroyForcibly();
            throw new AssertionError("process " + process.pid() + " did not end");
        }
    }
}
