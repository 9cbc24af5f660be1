package org.netcachefs.it.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * A folder for one test on a real disk, and the order in which what was started there is ended: last made, first closed.
 * Nothing below it stays mounted and no file stays behind. Used by one thread.
 */
public final class Scratch implements AutoCloseable {
    private final Path directory;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    private Scratch(Path directory) {
        this.directory = directory;
    }

    public static Scratch make(String name) {
        try {
            Path base = Product.root().resolve("test-integration/target/it");
            Files.createDirectories(base);
            Path directory = Files.createTempDirectory(base.toRealPath(), name + "-");
            Scratch scratch = new Scratch(directory);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> unmountBelow(directory), "unmount-" + name));
            Files.createDirectories(directory.resolve("run"));
            Files.createDirectories(directory.resolve("tmp"));
            return scratch;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    public Path directory() {
        return directory;
    }

    /** A folder below this one, made now if need be. */
    public Path folder(String name) throws IOException {
        return Files.createDirectories(directory.resolve(name));
    }

    /** Has {@code resource} closed before the folder goes. */
    public <T extends AutoCloseable> T closing(T resource) {
        open.push(resource);
        return resource;
    }

    @Override
    public void close() throws Exception {
        Throwable first = null;
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Throwable e) {
                first = first == null ? e : first;
            }
        }
        unmountBelow(directory);
        Command.run(List.of("rm", "-rf", "--one-file-system", directory.toString()));
        if (first instanceof Exception e) {
            throw e;
        } else if (first instanceof Error e) {
            throw e;
        }
    }

    private static void unmountBelow(Path directory) {
        for (Path mounted : Mounts.below(directory)) {
            Mounts.detach(mounted);
        }
    }
}
