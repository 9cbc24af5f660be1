package org.netcachefs.it.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program run to its end. */
public final class Command {
    private Command() {}

    /** What it printed, its exit code, and how long it took. */
    public record Result(List<String> command, int exit, String out, String err, Duration took) {
        public Result expect(int code) {
            if (exit != code) {
                throw new AssertionError("exit " + exit + ", not " + code + ", of " + this);
            }
            return this;
        }

        /** It ended with {@code code} and said one line, to standard error, which names these. */
        public void complained(int code, String... named) {
            expect(code);
            List<String> said = err.lines()
                    .filter(line -> !line.matches("[0-9:.]+ \\[.*")) // the log, with -f
                    .toList();
            assertThat(said).as(toString()).hasSize(1);
            assertThat(out).isEmpty();
            assertThat(said.get(0)).startsWith("netcachefs: ").contains(named);
        }
    }

    public static Result run(List<String> command) {
        return run(command, Map.of(), Duration.ofSeconds(120));
    }

    /** Runs it; one that does not end in time is killed and is a failed assertion. */
    public static Result run(List<String> command, Map<String, String> environment, Duration limit) {
        try {
            Path out = Files.createTempFile("netcachefs-it", ".out");
            Path err = Files.createTempFile("netcachefs-it", ".err");
            try {
                return run(command, environment, limit, out, err);
            } finally {
                Files.delete(out);
                Files.delete(err);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Result run(List<String> command, Map<String, String> environment, Duration limit, Path out, Path err)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.environment().putAll(environment);
        long started = System.nanoTime();
        Process process = builder.start();
        boolean ended = waitFor(process, limit);
        Duration took = Duration.ofNanos(System.nanoTime() - started);
        if (!ended) {
            process.destroyForcibly();
        }
        String said = Files.readString(out, StandardCharsets.UTF_8);
        String complained = Files.readString(err, StandardCharsets.UTF_8);
        if (!ended) {
            throw new AssertionError(command + " did not end in " + limit + ": " + said + complained);
        }
        return new Result(command, process.exitValue(), said, complained, took);
    }

    /** Waits as a part of a scenario (what is under test goes on meanwhile). */
    public static void pause(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static boolean waitFor(Process process, Duration limit) {
        try {
            return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
