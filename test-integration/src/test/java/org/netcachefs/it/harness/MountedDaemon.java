package org.netcachefs.it.harness;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;

/**
 * A netcachefs daemon with its mount, in a JVM of its own: {@code netcachefs mount -f UPSTREAM MOUNTPOINT …}. May be ended and
 * started again on the same cache. Used by one thread.
 */
public final class MountedDaemon implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Scratch scratch;
    private final Path upstream;
    private final Path mountPoint;
    private final Path cache;
    private final List<String> options;
    private final Path log;
    private final boolean launched;
    private ProcessHandle process;

    private MountedDaemon(Scratch scratch, Path upstream, String name, List<String> options, boolean launched)
            throws IOException {
        this.launched = launched;
        this.scratch = scratch;
        this.upstream = upstream;
        this.mountPoint = scratch.folder(name);
        this.cache = scratch.directory().resolve(name + "-cache");
        this.options = List.copyOf(options);
        this.log = scratch.directory().resolve(name + ".log");
    }

    /** Mounts {@code upstream} at the scratch folder's {@code name} with a cache of {@code size}. */
    public static MountedDaemon mount(Scratch scratch, Path upstream, String name, String size, String... options)
            throws IOException {
        return make(scratch, upstream, name, size, false, options);
    }

    /** As {@link #mount}, by the launcher and in the background: {@code ./netcachefs mount UPSTREAM MOUNTPOINT …}. */
    public static MountedDaemon launch(Scratch scratch, Path upstream, String name, String size, String... options)
            throws IOException {
        return make(scratch, upstream, name, size, true, options);
    }

    private static MountedDaemon make(
            Scratch scratch, Path upstream, String name, String size, boolean launched, String... options)
            throws IOException {
        List<String> all = new ArrayList<>(List.of("--size", size));
        all.addAll(List.of(options));
        MountedDaemon daemon = scratch.closing(new MountedDaemon(scratch, upstream, name, all, launched));
        daemon.start();
        return daemon;
    }

    /** Starts the daemon (again); its mount answers afterwards. */
    public void start() throws IOException {
        if (launched) {
            mountOnly();
            findProcess();
        } else {
            startInForeground();
        }
    }

    /** Just the command, by the launcher; {@link #findProcess} is still to be called. */
    public Command.Result mountOnly() throws IOException {
        Command.Result result =
                Product.launch(scratch.directory(), arguments("mount")).expect(0);
        Files.writeString(log, result.out() + result.err(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        return result;
    }

    public void findProcess() {
        long pid = stat().number("mount.pid");
        process = ProcessHandle.of(pid).orElseThrow(() -> new AssertionError("no process " + pid));
    }

    /** The arguments of a {@code mount} like this one, with more options. */
    public String[] mountArguments(String... more) {
        List<String> all = new ArrayList<>(List.of(arguments("mount")));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    private void startInForeground() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(Product.netcachefs(List.of(arguments("mount", "-f"))))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(Product.environment(scratch.directory()));
        Optional<Mounts.Line> dead = Mounts.at(mountPoint);
        process = builder.start().toHandle();
        await("the mount at " + mountPoint, () -> answers(dead));
    }

    private String[] arguments(String... first) {
        List<String> all = new ArrayList<>(List.of(first));
        all.addAll(List.of(upstream.toString(), mountPoint.toString()));
        if (!options.contains("--cache")) {
            all.addAll(List.of("--cache", cache.toString()));
        }
        String transport = System.getProperty("netcachefs.transport", "");
        if (!transport.isEmpty() && !options.contains("--transport")) {
            all.addAll(List.of("--transport", transport));
        }
        all.addAll(options);
        return all.toArray(String[]::new);
    }

    /** A mount left by a daemon that was killed may answer too, from what the kernel remembers. */
    private boolean answers(Optional<Mounts.Line> dead) throws IOException {
        if (!process.isAlive()) {
            throw new AssertionError("the daemon ended: " + said());
        }
        Optional<Mounts.Line> mounted = Mounts.at(mountPoint);
        return mounted.filter(line -> line.type().equals("fuse.netcachefs")).isPresent()
                && (!mounted.equals(dead) || isServed())
                && Files.isDirectory(mountPoint)
                && Mounts.at(mountPoint).equals(mounted); // or it was the folder below that answered
    }

    private boolean isServed() {
        try (DirectoryStream<Path> opened = Files.newDirectoryStream(mountPoint)) {
            return opened != null;
        } catch (IOException e) {
            return false;
        }
    }

    public Path mountPoint() {
        return mountPoint;
    }

    /** A path inside the mount. */
    public Path path(String relative) {
        return mountPoint.resolve(relative);
    }

    public Path cache() {
        return cache;
    }

    public long pid() {
        return process.pid();
    }

    /** All that the daemon printed. */
    public String said() throws IOException {
        return Files.readString(log);
    }

    public Stat stat() {
        return Stat.parse(
                command("stat", "--json", mountPoint.toString()).expect(0).out());
    }

    public Stat stat(Path path) {
        return Stat.parse(command("stat", "--json", path.toString()).expect(0).out());
    }

    /**
     * Has the daemon see every file, and waits until what is read from now on may be kept for later opens: a file that
     * changed within the last minute counts as settled two seconds after it was first seen.
     */
    public MountedDaemon browse() {
        command(List.of("find", mountPoint.toString(), "-ls"));
        Command.pause(Duration.ofMillis(2200));
        return this;
    }

    private static void command(List<String> command) {
        Command.run(command).expect(0);
    }

    /** Waits until nothing is left to be filled. */
    public Stat settle() {
        Stat[] last = new Stat[1];
        await("fills to end", () -> {
            last[0] = stat();
            return last[0].number("fills.pending_bytes") == 0;
        });
        return last[0];
    }

    public void flushAll() {
        command("flush", "--all", "--wait", mountPoint.toString()).expect(0);
    }

    public Command.Result command(String... arguments) {
        return Product.run(scratch.directory(), arguments);
    }

    /** Unmounts as a user would, and waits for the end of the daemon. */
    public void umount() {
        command("umount", mountPoint.toString()).expect(0);
        ended();
    }

    /** Ends the daemon and starts it on the same cache: the kernel holds nothing of the mount afterwards. */
    public void remount() throws IOException {
        umount();
        start();
    }

    /** SIGKILL; the dead mount is left for the next {@link #start} to clean up. */
    public void kill9() {
        process.destroyForcibly();
        ended();
    }

    /** Waits until the daemon's process is gone. */
    public void ended() {
        await("the end of the daemon of " + mountPoint, () -> !process.isAlive());
    }

    public static void await(String what, java.util.concurrent.Callable<Boolean> condition) {
        Awaitility.await(what)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(condition);
    }

    @Override
    public void close() {
        if (process != null && process.isAlive()) {
            Mounts.detach(mountPoint);
            long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
            while (process.isAlive() && System.nanoTime() < deadline) {
                Command.pause(Duration.ofMillis(20));
            }
            process.destroyForcibly();
            ended();
        }
        Mounts.at(mountPoint).ifPresent(line -> Mounts.detach(mountPoint));
    }
}
