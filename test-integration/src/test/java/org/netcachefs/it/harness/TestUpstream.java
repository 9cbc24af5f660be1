package org.netcachefs.it.harness;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.netcachefs.it.upstream.UpstreamMain;

/**
 * A FUSE file system that shows a folder, counts what is read of it, and can be made to hang, fail, dawdle or show a poor
 * clock; in a JVM of its own. Change files in {@link #backing}, read them at {@link #mountPoint}. Thread-safe.
 */
public final class TestUpstream implements AutoCloseable {
    private final Path backing;
    private final Path mountPoint;
    private final Process process;
    private final PrintStream commands;
    private final BufferedReader answers;

    private TestUpstream(Path backing, Path mountPoint, Process process) {
        this.backing = backing;
        this.mountPoint = mountPoint;
        this.process = process;
        this.commands = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        this.answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Shows {@code backing} at the scratch folder's {@code name}; every read comes to it, the kernel keeps no page. */
    public static TestUpstream show(Scratch scratch, Path backing, String name) throws IOException {
        return start(scratch, backing, name, "direct");
    }

    /** As {@link #show}, with the kernel's page cache: for a program that maps files or wants speed. */
    public static TestUpstream showCached(Scratch scratch, Path backing, String name) throws IOException {
        return start(scratch, backing, name, "cached");
    }

    private static TestUpstream start(Scratch scratch, Path backing, String name, String pages) throws IOException {
        Path mountPoint = scratch.folder(name);
        ProcessBuilder builder = new ProcessBuilder(Product.java(
                        List.of("-Xmx256m", "-XX:+UseSerialGC"),
                        UpstreamMain.class.getName(),
                        List.of(backing.toString(), mountPoint.toString(), pages)))
                .redirectError(scratch.directory().resolve(name + ".err").toFile());
        builder.environment().put("LC_ALL", "C.UTF-8");
        TestUpstream upstream = scratch.closing(new TestUpstream(backing, mountPoint, builder.start()));
        upstream.answer();
        return upstream;
    }

    public Path backing() {
        return backing;
    }

    public Path mountPoint() {
        return mountPoint;
    }

    /** What was read since {@link #reset}: requests of all kinds, reads and bytes of data, bytes by file. */
    public record Count(long requests, long reads, long bytes, Map<String, Long> files, int parked) {
        public long bytesOf(String file) {
            return files.getOrDefault(file, 0L);
        }
    }

    public Count count() {
        JsonObject all = command("count");
        Map<String, Long> files = new HashMap<>();
        for (Map.Entry<String, com.google.gson.JsonElement> file :
                all.getAsJsonObject("files").entrySet()) {
            files.put(file.getKey(), file.getValue().getAsLong());
        }
        return new Count(
                all.get("requests").getAsLong(),
                all.get("reads").getAsLong(),
                all.get("bytes").getAsLong(),
                files,
                all.get("parked").getAsInt());
    }

    public void reset() {
        command("reset");
    }

    /** From now on answers nothing, or nothing of these operations, until {@link #release}. */
    public void hang(String... operations) {
        command(("hang " + String.join(" ", operations)).strip());
    }

    /** Waits until a request of this operation waits for {@link #release}. */
    public void awaitParked(String operation) {
        MountedDaemon.await(
                operation + " at the upstream that hangs",
                () -> command("parked " + operation).get("parked").getAsInt() > 0);
    }

    /** Every request of this operation fails with this errno; {@code none} ends it. */
    public void errorOf(String operation, String errno) {
        command("error-of " + operation + " " + errno);
    }

    public void release() {
        command("release");
    }

    public void delay(Duration each) {
        command("delay " + each.toMillis());
    }

    /** Times of change are shown floored to {@code tick}, of a clock {@code skew} ahead. */
    public void clock(Duration tick, Duration skew) {
        command("clock " + tick.toNanos() + " " + skew.toNanos());
    }

    /** No read answers more than this many bytes. */
    public void longestRead(int bytes) {
        command("longest-read " + bytes);
    }

    /** Every request fails with this errno; {@code none} ends it. */
    public void error(String errno) {
        command("error " + errno);
    }

    /** Every request that writes fails with this errno; {@code none} ends it. */
    public void writeError(String errno) {
        command("write-error " + errno);
    }

    private synchronized JsonObject command(String line) {
        commands.println(line);
        return answer();
    }

    private JsonObject answer() {
        try {
            String line = answers.readLine();
            if (line == null) {
                throw new AssertionError("the test upstream at " + mountPoint + " ended");
            }
            return JsonParser.parseString(line).getAsJsonObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        commands.close();
        if (!Command.waitFor(process, Duration.ofSeconds(10))) {
            process.destroyForcibly();
            Command.waitFor(process, Duration.ofSeconds(10));
        }
        Mounts.at(mountPoint).ifPresent(line -> Mounts.detach(mountPoint));
    }
}
