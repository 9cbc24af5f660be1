package org.netcachefs.store.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that fills a cache is killed again and again: what it published is there the next time, and right. */
class KilledCacheTest {
    @TempDir
    private Path directory;

    @Test
    void killedFiveTimes_keepsWhatWasPublished() throws Exception {
        kill(5);
    }

    @Test
    @Tag("long")
    void killedTwoHundredTimes_keepsWhatWasPublished() throws Exception {
        kill(200);
    }

    private void kill(int times) throws Exception {
        Random random = new Random(times);
        long allExpected = 0;
        for (int i = 0; i <= times; i++) {
            int kills = i;
            Process life = start(i);
            try (BufferedReader output =
                    new BufferedReader(new InputStreamReader(life.getInputStream(), StandardCharsets.UTF_8))) {
                String line = output.readLine();
                assertThat(line)
                        .as(() -> "life after " + kills + " kills: " + errors())
                        .startsWith("checked ");
                String[] words = line.split(" ");
                long expected = Long.parseLong(words[1]);
                assertThat(Long.parseLong(words[2]))
                        .as("bytes kept in life %d", i)
                        .isGreaterThanOrEqualTo(expected * 9 / 10);
                allExpected += expected;
                life.waitFor(random.nextInt(400), TimeUnit.MILLISECONDS);
                assertThat(life.isAlive()).isTrue();
            } finally {
                life.destroyForcibly().waitFor();
            }
        }
        assertThat(allExpected).isGreaterThan(times * 1_000_000L);
    }

    private String errors() {
        try {
            return Files.readString(directory.resolve("errors"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private Process start(int life) throws Exception {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + directory,
                "-cp",
                System.getProperty("java.class.path"),
                CacheLife.class.getName(),
                directory.resolve("cache").toString(),
                directory.resolve("journal").toString(),
                Integer.toString(life));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("errors").toFile()))
                .start();
    }
}
