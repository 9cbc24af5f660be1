package org.netcachefs.daemon.control;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The kernel's list of Unix sockets, those of daemons of ours. */
final class BoundSockets {
    private static final Path LIST = Path.of("/proc/net/unix");
    private static final Pattern OURS = Pattern.compile("/\\S.*/netcachefs(-\\d+)?/[^/]+\\.sock$");

    private BoundSockets() {}

    /** Control sockets of all users, wherever their runtime directories are. */
    static List<Path> ofDaemons() {
        try (Stream<String> lines = Files.lines(LIST)) {
            return lines.map(OURS::matcher)
                    .filter(Matcher::find)
                    .map(line -> Path.of(line.group()))
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            return List.of();
        }
    }
}
