package org.netcachefs.it.harness;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The same work in a folder on the disk and in a mount over another folder there: it must say the same and leave the same behind.
 * Used by one thread.
 */
public final class SideBySide {
    private final Scratch scratch;
    private final Path plain;
    private final Path upstream;
    private final MountedDaemon daemon;

    private SideBySide(Scratch scratch, Path plain, Path upstream, MountedDaemon daemon) {
        this.scratch = scratch;
        this.plain = plain;
        this.upstream = upstream;
        this.daemon = daemon;
    }

    /** Both folders are empty. */
    public static SideBySide mount(Scratch scratch) throws IOException {
        Path upstream = scratch.folder("upstream");
        MountedDaemon daemon = MountedDaemon.mount(scratch, upstream, "mount", "512M");
        return new SideBySide(scratch, scratch.folder("plain"), upstream, daemon);
    }

    /** Where the work is done without a mount. */
    public Path plain() {
        return plain;
    }

    /** What the mount is over. */
    public Path upstream() {
        return upstream;
    }

    public Path mountPoint() {
        return daemon.mountPoint();
    }

    /** Runs a shell script in both folders; returns what it printed, the same in both. */
    public String run(String script, String... arguments) {
        String said = in(plain, script, arguments);
        String throughMount = in(mountPoint(), script, arguments);
        if (!said.equals(throughMount)) {
            throw new AssertionError("on the disk:\n" + said + "\nand through the mount:\n" + throughMount);
        }
        return said;
    }

    /** Runs a shell script, {@code $1} and so on being the arguments; returns what it printed, errors included. It ends at the first that fails. */
    public String in(Path folder, String script, String... arguments) {
        List<String> command =
                new ArrayList<>(List.of("sh", "-euc", "exec 2>&1; cd \"$0\"\n" + script, folder.toString()));
        command.addAll(List.of(arguments));
        Map<String, String> environment = new HashMap<>(Product.environment(scratch.directory()));
        environment.put("HOME", scratch.directory().resolve("tmp").toString());
        environment.put("TZ", "UTC");
        return Command.run(command, environment, Duration.ofMinutes(15))
                .expect(0)
                .out();
    }

    /** Fails if names, types, link targets or bytes differ; of what is upstream and in the mount also anything else that stat(2) tells. */
    public void assertSame(String... excluded) throws IOException {
        String options = "";
        for (String pattern : excluded) {
            options += " --exclude='" + pattern + "'";
        }
        in(upstream, "diff -r --no-dereference" + options + " . \"$1\"", plain.toString());
        assertSameAsUpstream();
    }

    public void assertSameAsUpstream() throws IOException {
        Trees.assertSame(upstream, mountPoint());
    }

    /** Nothing that was cached before is in the kernel afterwards. */
    public void remount() throws IOException {
        daemon.remount();
    }
}
