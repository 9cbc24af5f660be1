package org.netcachefs.daemon.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the process finds itself in: its user and environment, from which default places follow. Immutable. */
public record Surroundings(int user, Path home, Path temporary, Map<String, String> environment) {
    public Surroundings {
        environment = Map.copyOf(environment);
    }

    public static Surroundings ofThisProcess() {
        return new Surroundings(
                effectiveUser(),
                home(System.getenv("HOME")),
                Path.of(System.getProperty("java.io.tmpdir", "/tmp")),
                System.getenv());
    }

    private static Path home(@Nullable String variable) {
        return Path.of(variable != null && variable.startsWith("/") ? variable : System.getProperty("user.home", "/"));
    }

    public boolean isRoot() {
        return user == 0;
    }

    /** The default cache directory of a volume. */
    public Path cacheDirectory(String volume) {
        Path base =
                isRoot() ? Path.of("/var/cache") : variable("XDG_CACHE_HOME").orElse(home.resolve(".cache"));
        return base.resolve("netcachefs").resolve(volume);
    }

    /** Where the control sockets of this user's daemons lie. */
    public Path runtimeDirectory() {
        if (isRoot()) {
            return Path.of("/run/netcachefs");
        }
        return variable("XDG_RUNTIME_DIR")
                .map(directory -> directory.resolve("netcachefs"))
                .orElse(temporary.resolve("netcachefs-" + user));
    }

    /** Where logs lie. */
    public Path logDirectory() {
        if (isRoot()) {
            return Path.of("/var/log/netcachefs");
        }
        return variable("XDG_STATE_HOME").orElse(home.resolve(".local/state")).resolve("netcachefs");
    }

    /** Where control sockets this user may speak to are looked for: his own and root's. */
    public List<Path> runtimeDirectories() {
        return Stream.of(runtimeDirectory(), Path.of("/run/netcachefs"))
                .distinct()
                .toList();
    }

    private Optional<Path> variable(String name) {
        return Optional.ofNullable(environment.get(name))
                .filter(value -> value.startsWith("/"))
                .map(Path::of);
    }

    private static int effectiveUser() {
        try {
            return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException e) {
            throw new IllegalStateException("/proc is not mounted", e);
        }
    }
}
