package org.netcachefs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.netcachefs.daemon.config.LogLevel;
import org.netcachefs.daemon.control.LogLevels;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The logging configuration that is shipped, in a process of its own. */
class LoggingTest {
    private static final int LINES = 400_000;

    @TempDir
    Path directory;

    private Process process;

    /** Says {@code ready}, then logs many lines, or one a moment when asked to go on. */
    public static final class Chatter {
        private static final Logger log = LoggerFactory.getLogger("org.netcachefs.chatter");

        private Chatter() {}

        public static void main(String[] arguments) throws InterruptedException {
            if (arguments[0].equals("many")) {
                for (int i = 0; i < LINES; i++) {
                    log.info("line {} of many, long enough to fill a log with some effort: {}", i, "x".repeat(40));
                }
                return;
            }
            log.info("ready");
            while (true) {
                log.debug("one more");
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }
    }

    @AfterEach
    void end() {
        process.destroyForcibly();
    }

    private void start(String what) throws IOException {
        process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-Dnetcachefs.log.to=FILE",
                        "-Dnetcachefs.log.file=" + directory.resolve("volume.log"),
                        "-Dnetcachefs.log.levels=" + directory.resolve("levels.properties"),
                        Chatter.class.getName(),
                        what))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("console").toFile())
                .start();
    }

    private long logBytes() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().startsWith("volume.log"))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    private String log() throws IOException {
        Path file = directory.resolve("volume.log");
        return Files.exists(file) ? Files.readString(file) : "";
    }

    @Test
    void log_isRotated_andStaysBelow20MiB() throws Exception {
        start("many");
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(logBytes()).isBetween(3L << 20, 20L << 20);
        assertThat(Files.readString(directory.resolve("console"))).isEmpty();
    }

    @Test
    void level_changesWhileTheProgramRuns() throws Exception {
        start("some");
        Awaitility.await().atMost(1, TimeUnit.MINUTES).until(() -> log().contains("ready"));
        assertThat(log()).doesNotContain("one more");
        new LogLevels(directory.resolve("levels.properties")).set(LogLevel.DEBUG);
        Awaitility.await().atMost(1, TimeUnit.MINUTES).until(() -> log().contains("one more"));
    }
}
