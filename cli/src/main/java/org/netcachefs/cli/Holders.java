package org.netcachefs.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.netcachefs.daemon.control.DaemonFinder;

/** The processes that keep a mount busy, found in /proc alone: nothing in the mount is touched. */
final class Holders {
    private static final int MOST = 10;
    private static final Path PROC = Path.of("/proc");

    private final DaemonFinder.Found mount;

    Holders(DaemonFinder.Found mount) {
        this.mount = mount;
    }

    /** Each as {@code NAME (PID) /path/it/uses}, at most ten of them. */
    List<String> find() {
        List<String> found = new ArrayList<>();
        // This process has what its parent has open.
        Set<String> ours = Set.of(
                String.valueOf(mount.pid()),
                String.valueOf(ProcessHandle.current().pid()));
        for (Path process : children(PROC)) {
            String pid = process.getFileName().toString();
            if (pid.matches("\\d+") && !ours.contains(pid) && found.size() < MOST) {
                used(process).ifPresent(path -> found.add(name(process) + " (" + pid + ") " + path));
            }
        }
        return found;
    }

    private Optional<String> used(Path process) {
        return Stream.of("cwd", "root")
                .map(link -> target(process.resolve(link)))
                .filter(this::isInside)
                .findFirst()
                .or(() -> open(process))
                .or(() -> mapped(process));
    }

    private Optional<String> open(Path process) {
        return children(process.resolve("fd")).stream()
                .filter(fd -> isInside(target(fd)) && isOfThisMount(process, fd))
                .map(Holders::target)
                .findFirst();
    }

    /** A path says nothing when upstream is mounted over itself: the descriptor's mount does. */
    private boolean isOfThisMount(Path process, Path fd) {
        String wanted = "mnt_id:\t" + mount.mountId();
        return lines(process.resolve("fdinfo").resolve(fd.getFileName())).contains(wanted);
    }

    private Optional<String> mapped(Path process) {
        return lines(process.resolve("maps")).stream()
                .filter(line -> line.indexOf('/') > 0)
                .map(line -> line.substring(line.indexOf('/')))
                .filter(this::isInside)
                .findFirst();
    }

    private boolean isInside(String path) {
        return path.equals(mount.mountPoint()) || path.startsWith(mount.mountPoint() + "/");
    }

    private static String name(Path process) {
        return lines(process.resolve("comm")).stream().findFirst().orElse("?");
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return "";
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            return List.of();
        }
    }

    private static List<Path> children(Path directory) {
        try (Stream<Path> children = Files.list(directory)) {
            return children.toList();
        } catch (IOException | java.io.UncheckedIOException e) {
            return List.of();
        }
    }
}
