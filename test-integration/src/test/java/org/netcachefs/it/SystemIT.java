package org.netcachefs.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.netcachefs.it.harness.Command;
import org.netcachefs.it.harness.MountedDaemon;
import org.netcachefs.it.harness.Product;
import org.netcachefs.it.harness.Scratch;
import org.netcachefs.it.harness.Trees;

/** Promise: what the system lacks, and what a user may not do, is said in one line with its exit code. */
class SystemIT {
    private static final Set<String> FUSERMOUNT = Set.of("fusermount", "fusermount3");

    private final Scratch scratch = Scratch.make("system");
    private Path tree;

    @BeforeEach
    void makeTree() throws Exception {
        tree = scratch.folder("tree");
        Trees.file(tree, "file", 1, 10_000);
    }

    @AfterEach
    void cleanUp() throws Exception {
        scratch.close();
    }

    private List<String> mount() throws IOException {
        return List.of(
                "mount",
                "-f",
                tree.toString(),
                scratch.folder("mount").toString(),
                "--size",
                "128M",
                "--cache",
                scratch.directory().resolve("cache").toString());
    }

    private static List<String> and(List<String> first, List<String> second) {
        List<String> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }

    /** Runs with a PATH that has every program of the system but {@code hidden}; nothing can be installed. */
    private Command.Result without(Set<String> hidden, List<String> command) throws IOException {
        Map<String, String> environment = new HashMap<>(Product.environment(scratch.directory()));
        environment.put("PATH", programsBut(hidden).toString());
        return Command.run(command, environment, Duration.ofSeconds(60));
    }

    private Path programsBut(Set<String> hidden) throws IOException {
        Path programs = Files.createTempDirectory(scratch.directory(), "bin");
        for (String directory : System.getenv("PATH").split(":")) {
            try (Stream<Path> children = Files.list(Path.of(directory))) {
                for (Path child : children.toList()) {
                    String name = child.getFileName().toString();
                    Path link = programs.resolve(name);
                    if (!hidden.contains(name) && !name.equals("apt-get") && !Files.isSymbolicLink(link)) {
                        Files.createSymbolicLink(link, child);
                    }
                }
            } catch (IOException e) {
                continue; // not every directory of a PATH is there
            }
        }
        return programs;
    }

    private static void oneLine(Command.Result result, int code, String... named) {
        result.complained(code, named);
    }

    @Test
    void noFusermount_isExit2_withTheLineToType_forOthersThanRoot() throws Exception {
        Path programs = programsBut(FUSERMOUNT);
        Command.run(List.of("chmod", "755", scratch.directory().toString(), programs.toString()))
                .expect(0);
        String path = "PATH=/mnt/" + Product.root().toRealPath().relativize(programs);
        oneLine(asNobody(and(List.of("env", path, "/mnt/netcachefs"), mount())), 2, "apt-get install -y fuse3");
        assertThat(scratch.directory().resolve("cache")).doesNotExist();
    }

    @Test
    void root_needsNeitherLibfuseNorFusermount() throws Exception {
        List<String> mount = and(List.of(Product.launcher().toString()), mount());
        String readAndUnmount = "\"$@\"; cmp \"$3/file\" \"$4/file\"; \"$1\" umount \"$4\"";
        List<String> inBackground = and(
                List.of("sh", "-ec", readAndUnmount, "sh"),
                mount.stream().filter(argument -> !argument.equals("-f")).toList());
        assertThat(without(FUSERMOUNT, withoutLibfuse(inBackground)).expect(0).out())
                .contains(" mounted on ");
    }

    @Test
    void noLibfuse_whenAskedFor_isExit2_withTheLineToType() throws Exception {
        Path config = scratch.directory().resolve("config");
        Files.writeString(config, "cull = 10:7:3\ntransport = libfuse\n");
        for (List<String> asking : List.of(
                List.of("--transport", "libfuse"),
                List.of("--transport=libfuse"),
                List.of("-o", "noexec,transport=libfuse,noatime"),
                List.of("--config", config.toString()))) {
            List<String> mount = and(mount(), asking);
            oneLine(
                    without(
                            Set.of(),
                            withoutLibfuse(and(List.of(Product.launcher().toString()), mount))),
                    2,
                    "apt-get install -y libfuse2");
        }
        List<String> program = Product.netcachefs(and(mount(), List.of("--transport", "libfuse")));
        oneLine(without(Set.of(), withoutLibfuse(program)), 2, "apt-get install", "libfuse2");
    }

    /** In a mount namespace whose directory of libraries is one of links to all of them but libfuse. */
    private List<String> withoutLibfuse(List<String> command) {
        String hide =
                "libs=$(dirname \"$(readlink -f \"$(ldconfig -p | sed -n 's/.*=> \\(.*libfuse.so.2\\)$/\\1/p' | head -n 1)\")\")"
                        + " && mkdir \"$0/real\" \"$0/shown\" && mount --rbind \"$libs\" \"$0/real\""
                        + " && mount -t tmpfs tmpfs \"$0/shown\" && ln -s \"$0/real\"/* \"$0/shown\" && rm \"$0/shown\"/libfuse.so*"
                        + " && mount --rbind \"$0/shown\" \"$libs\" && exec \"$@\"";
        try {
            Path work = Files.createTempDirectory(scratch.directory(), "libs");
            return and(List.of("unshare", "-m", "sh", "-c", hide, work.toString()), command);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void adminCommandsOfAnotherUser_areExit31() throws Exception {
        MountedDaemon daemon = MountedDaemon.mount(scratch, tree, "held", "128M");
        String mount = daemon.mountPoint().toString();
        assertThat(daemon.path("file")).hasSize(10_000);
        oneLine(asNobody("flush", "--all", mount), 31, mount, "not permitted");
        oneLine(asNobody("flush", mount + "/file"), 31, mount, "not permitted");
        oneLine(asNobody("stat", mount + "/file"), 31, mount, "not permitted");
        oneLine(asNobody("log", "debug", mount), 31, mount, "not permitted");
        oneLine(asNobody("umount", mount), 31, mount, "not permitted");
        assertThat(asNobody("stat", "--json", mount).expect(0).out()).contains("\"schema\":1");
        assertThat(daemon.path("file")).hasSize(10_000);
    }

    private Command.Result asNobody(String... arguments) {
        return asNobody(and(List.of("/mnt/netcachefs"), List.of(arguments)));
    }

    /** With the project at /mnt, where another user can reach it. */
    private Command.Result asNobody(List<String> command) {
        String run = "mount --bind \"$1\" /mnt && shift && cd / && unset XDG_RUNTIME_DIR XDG_CACHE_HOME XDG_STATE_HOME"
                + " NETCACHEFS_JAVA_OPTS"
                + " && exec setpriv --reuid=65534 --regid=65534 --clear-groups \"$@\"";
        List<String> inNamespace =
                List.of("unshare", "-m", "sh", "-c", run, "sh", Product.root().toString());
        return Command.run(and(inNamespace, command), Product.environment(scratch.directory()), Duration.ofSeconds(60));
    }
}
