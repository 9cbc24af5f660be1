package org.netcachefs.daemon.control;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What killed daemons left in a runtime directory: sockets nobody listens at, log levels of processes that are gone. */
public final class Leftovers {
    private static final Logger log = LoggerFactory.getLogger(Leftovers.class);
    private static final Pattern OF_PROCESS = Pattern.compile(".*-(\\d+)\\.log-level\\.properties(\\.new)?$");

    private Leftovers() {}

    /** Removes what can be removed. */
    public static void sweep(Path runtimeDirectory) {
        Set<Path> bound = Set.copyOf(BoundSockets.ofDaemons());
        for (Path file : files(runtimeDirectory)) {
            if (isOfDeadProcess(file) || isDeadSocket(file, bound)) {
                remove(file);
            }
        }
    }

    private static boolean isOfDeadProcess(Path file) {
        Matcher matcher = OF_PROCESS.matcher(file.getFileName().toString());
        return matcher.matches() && !Files.exists(Path.of("/proc", matcher.group(1)));
    }

    /** A socket that is bound but not yet listened at is somebody's who just starts. */
    private static boolean isDeadSocket(Path file, Set<Path> bound) {
        return file.toString().endsWith(".sock") && !bound.contains(file) && !ControlClient.isAlive(file);
    }

    private static List<Path> files(Path directory) {
        try (Stream<Path> children = Files.list(directory)) {
            return children.toList();
        } catch (IOException e) {
            log.debug("{}: {}", directory, e.toString());
            return List.of();
        }
    }

    private static void remove(Path file) {
        try {
            Files.deleteIfExists(file);
            log.debug("removed {}, left by a dead daemon", file);
        } catch (IOException e) {
            log.debug("{}: {}", file, e.toString());
        }
    }
}
