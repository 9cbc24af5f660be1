package org.netcachefs.fuse.internal.mount;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The set-uid program by which users other than root mount and unmount. */
public final class Fusermount {
    private static final List<String> NAMES = List.of("fusermount3", "fusermount");
    private static final String FALLBACK_PATH = "/usr/bin:/bin:/usr/sbin:/sbin";

    private Fusermount() {}

    public static Optional<Path> find() {
        return find(NAMES);
    }

    /** What libfuse 2 calls. */
    public static Optional<Path> findForLibfuse() {
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
