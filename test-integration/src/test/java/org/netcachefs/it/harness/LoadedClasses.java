package org.netcachefs.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The program's classes as the launcher has them: in the order of its class path, and with its archive of loaded classes, which saves each of hundreds of
 * JVMs a third of its start. Without an archive that fits a JVM starts all the same.
 */
final class LoadedClasses {
    static final String CLASS_PATH = classPath();

    static final List<String> OPTIONS = options();

    private LoadedClasses() {}

    private static Path home() {
        return Product.root().resolve("packaging/target/netcachefs");
    }

    private static String classPath() {
        try (Stream<Path> files = Files.list(home().resolve("lib"))) {
            return files.map(Path::toString)
                    .filter(file -> file.endsWith(".jar"))
                    .sorted()
                    .collect(Collectors.joining(":"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The launcher makes the archive as it mounts for the first time. */
    private static List<String> options() {
        try (Scratch scratch = Scratch.make("classes")) {
            String mountPoint = scratch.folder("mount").toString();
            String cache = scratch.folder("cache").toString();
            String[] mount = {
                "mount",
                "--size",
                "128M",
                "--cache",
                cache,
                scratch.folder("tree").toString(),
                mountPoint
            };
            Product.launch(scratch.directory(), mount).expect(0);
            Product.launch(scratch.directory(), "umount", mountPoint).expect(0);
        } catch (Exception e) {
            throw new IllegalStateException("the product cannot be mounted", e);
        }
        String archive = home().resolve("netcachefs.jsa").toString();
        return List.of("-Xshare:auto", "-XX:SharedArchiveFile=" + archive, "-Xlog:cds=off", "-Xlog:cds+dynamic=off");
    }
}
