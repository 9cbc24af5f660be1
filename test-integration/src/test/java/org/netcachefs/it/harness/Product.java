package org.netcachefs.it.harness;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How the product is started: by its launcher, or as a JVM with the tests' class path. */
public final class Product {
    private static final String MAIN = "org.netcachefs.cli.Main";
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private Product() {}

    /** The top folder of the project. */
    public static Path root() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.isDirectory(at.resolve("fuse-bridge"))) {
                return at;
            }
        }
        throw new IllegalStateException("not inside the project's folder");
    }

    public static Path launcher() {
        return root().resolve("netcachefs");
    }

    /** A JVM running {@code mainClass} of the class path of the tests. */
    public static List<String> java(List<String> jvmArguments, String mainClass, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Dfile.encoding=UTF-8", "-Djava.library.path=" + nativeLibraries()));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(jvmArguments);
        command.add(mainClass);
        command.addAll(arguments);
        return command;
    }

    /** As the launcher has it: where the assembled product's native libraries lie. */
    private static String nativeLibraries() {
        Path unpacked = Path.of(System.getProperty("netcachefs.home"), "lib", "native");
        return unpacked + ":" + unpacked.resolve("jni");
    }

    /** {@code netcachefs ARGUMENTS} as a JVM of its own, with about the launcher's settings of the JVM. */
    public static List<String> netcachefs(List<String> arguments) {
        List<String> settings = new ArrayList<>(List.of("-Xmx256m", "-Xms48m", "-Xmn32m"));
        settings.addAll(List.of("-XX:MinHeapFreeRatio=25", "-XX:MaxHeapFreeRatio=50"));
        settings.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        return java(settings, MAIN, arguments);
    }

    /** The environment of every process of the tests. */
    public static Map<String, String> environment(Path scratch) {
        return Map.of(
                "LC_ALL",
                "C.UTF-8",
                "MALLOC_ARENA_MAX",
                "2",
                "XDG_RUNTIME_DIR",
                scratch.resolve("run").toString(),
                "XDG_CACHE_HOME",
                scratch.resolve("cache-home").toString(),
                "XDG_STATE_HOME",
                scratch.resolve("state").toString(),
                "NETCACHEFS_JAVA_OPTS",
                "-Djava.io.tmpdir=" + scratch.resolve("tmp"));
    }

    /** Runs {@code netcachefs ARGUMENTS} in a JVM with the tests' class path. */
    public static Command.Result run(Path scratch, String... arguments) {
        return Command.run(netcachefs(List.of(arguments)), environment(scratch), LIMIT);
    }

    /** Runs {@code netcachefs ARGUMENTS} through the launcher. */
    public static Command.Result launch(Path scratch, String... arguments) {
        List<String> command = new ArrayList<>(List.of(launcher().toString()));
        command.addAll(List.of(arguments));
        return Command.run(command, environment(scratch), LIMIT);
    }
}
