package org.netcachefs.daemon.control;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.netcachefs.daemon.config.ExitCode;
import org.netcachefs.daemon.config.MountChecks;
import org.netcachefs.daemon.config.RefusedException;
import org.netcachefs.daemon.config.Surroundings;
import org.netcachefs.fuse.MountEntry;
import org.netcachefs.fuse.MountTable;

/** Finds mounts and their daemons from the table of mounts and the control sockets, without touching a mounted file system. */
public final class DaemonFinder {
    private static final int MAX_LINKS = 40;

    private final Surroundings surroundings;

    public DaemonFinder(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** A netcachefs mount; {@code socket} is absent when no daemon answers for it, {@code pid} is 0 then. */
    public record Found(String mountPoint, String upstream, int mountId, Optional<Path> socket, long pid) {
        /** Where to ask, or the refusal for a mount whose daemon is gone. */
        public Path socketOrRefuse() throws RefusedException {
            return socket.orElseThrow(() -> new RefusedException(
                    ExitCode.NO_DAEMON,
                    mountPoint + ": no daemon answers for this mount; 'netcachefs umount -l " + mountPoint
                            + "' removes it"));
        }
    }

    /** All netcachefs mounts of this machine, in the order they were mounted. */
    public List<Found> all() throws RefusedException {
        Listeners daemons = listeners();
        return table().entries().stream()
                .filter(MountChecks::isOurs)
                .map(mount -> found(mount, daemons))
                .toList();
    }

    /** A path in a mount: {@code inside} is relative to the mount point as {@link ByteText}, empty for the mount point itself. */
    public record Located(Found mount, String inside) {
        public boolean isMountPoint() {
            return inside.isEmpty();
        }
    }

    /**
     * The mount {@code path} lies in, a {@link ByteText}. Links outside of mounts of ours are followed; below them the file system
     * is not asked.
     */
    public Located holding(String path) throws RefusedException {
        PathText absolute = PathText.absolute(path);
        Path reached = reach(absolute.utf8(), table())
                .orElseThrow(() -> new RefusedException(ExitCode.NO_DAEMON, path + ": not in a netcachefs mount"));
        MountEntry mount = table().holding(reached)
                .filter(MountChecks::isOurs)
                .orElseThrow(() -> new RefusedException(ExitCode.NO_DAEMON, path + ": not in a netcachefs mount"));
        String inside = Path.of(mount.mountPoint()).relativize(reached).toString();
        return new Located(found(mount, listeners()), absolute.below(inside));
    }

    /** The only mount there is, for commands that were given no path. */
    public Found only() throws RefusedException {
        List<Found> all = all();
        if (all.isEmpty()) {
            throw new RefusedException(ExitCode.NO_DAEMON, "nothing is mounted by netcachefs");
        }
        if (all.size() > 1) {
            throw new RefusedException(
                    ExitCode.USAGE, all.size() + " netcachefs mounts; name one ('netcachefs list' shows them)");
        }
        return all.get(0);
    }

    private static Found found(MountEntry mount, Listeners daemons) {
        return daemons.first(
                        daemon -> daemon.mountPoint().equals(mount.mountPoint()) && isOfUser(daemon.socket(), mount))
                .map(daemon -> new Found(
                        mount.mountPoint(), mount.source(), mount.id(), Optional.of(daemon.socket()), daemon.pid()))
                .orElseGet(() -> new Found(mount.mountPoint(), mount.source(), mount.id(), Optional.empty(), 0));
    }

    /** Nobody but the user who mounted can answer for a mount. */
    private static boolean isOfUser(Path socket, MountEntry mount) {
        try {
            String owner = "user_id=" + Files.getAttribute(socket, "unix:uid");
            return List.of(mount.superOptions().split(",", -1)).contains(owner);
        } catch (IOException e) {
            return false;
        }
    }

    /** The path with links followed up to the first mount of ours; empty when it leads into none. */
    private static Optional<Path> reach(Path absolute, MountTable table) {
        Path reached = Path.of("/");
        Deque<Path> rest = new ArrayDeque<>();
        absolute.forEach(rest::add);
        for (int links = 0; links < MAX_LINKS; ) {
            if (table.holding(reached).filter(MountChecks::isOurs).isPresent()) {
                return Optional.of(rest.stream().reduce(reached, Path::resolve).normalize());
            }
            Path name = rest.poll();
            if (name == null) {
                return Optional.empty();
            }
            Path next = reached.resolve(name).normalize();
            Optional<Path> target = target(next, table);
            if (target.isPresent()) {
                links++;
                prepend(target.get(), rest);
                reached = Path.of("/");
            } else {
                reached = next;
            }
        }
        return Optional.empty();
    }

    private static void prepend(Path target, Deque<Path> rest) {
        List<Path> names = new ArrayList<>();
        target.forEach(names::add);
        Collections.reverse(names);
        names.forEach(rest::addFirst);
    }

    /** Where a link leads; never asked of a mount of ours. */
    private static Optional<Path> target(Path link, MountTable table) {
        if (table.holding(link).filter(MountChecks::isOurs).isPresent()) {
            return Optional.empty();
        }
        try {
            return Optional.of(link.resolveSibling(Files.readSymbolicLink(link)).normalize());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private Listeners listeners() {
        Set<Path> sockets = new LinkedHashSet<>(BoundSockets.ofDaemons());
        surroundings.runtimeDirectories().forEach(directory -> sockets.addAll(sockets(directory)));
        return Listeners.ask(sockets);
    }

    private static List<Path> sockets(Path directory) {
        try (Stream<Path> children = Files.list(directory)) {
            return children.filter(path -> path.toString().endsWith(".sock"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private static MountTable table() throws RefusedException {
        try {
            return MountTable.read();
        } catch (IOException e) {
            throw new RefusedException(ExitCode.SYSTEM, "/proc/self/mountinfo: " + e.getMessage());
        }
    }
}
