package org.netcachefs.fuse.internal.libfuse;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The set-uid program by which users other than root mount and unmount. */
final class Fusermount {
    private static final List<String> NAMES = List.of("fusermount3", "fusermount");
    private static final String FALLBACK_PATH = "/usr/bin:/bin:/usr/sbin:/sbin";

    private Fusermount() {}

    static Optional<Path> find() {
        return find(NAMES);
    }

    /** What libfuse 2 calls. */
    static Optional<Path> findForMount() {
        return find(List.of("fusermount"));
    }

    private static Optional<Path> find(List<String> names) {
        String path = System.getenv().getOrDefault("PATH", "") + ":" + FALLBACK_PATH;
        return names.stream()
                .flatMap(name -> Stream.of(path.split(":", -1))
                        .filter(directory -> directory.startsWith("/"))
                        .map(directory -> Path.of(directory, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
