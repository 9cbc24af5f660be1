package org.netcachefs.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.netcachefs.it.harness.Command;
import org.netcachefs.it.harness.Product;
import org.netcachefs.it.harness.Scratch;

/** When the launcher builds: in a source tree of its own, with a {@code mvn} that only makes the folder lib anew. */
class LauncherIT {
    private final Scratch scratch = Scratch.make("launcher");
    private Path home;
    private Path lib;
    private Path builds;

    @BeforeEach
    void makeSourceTree() throws Exception {
        home = scratch.folder("home");
        lib = home.resolve("packaging/target/netcachefs/lib");
        builds = scratch.directory().resolve("builds");
        Files.copy(Product.launcher(), home.resolve("netcachefs"));
        Files.createFile(home.resolve("pom.xml"));
        Files.createDirectories(home.resolve("daemon/src/main/java"));
        Files.createDirectories(home.resolve("daemon/src/test/java"));
        Path mvn = scratch.folder("bin").resolve("mvn");
        Path built = Product.root().resolve("packaging/target/netcachefs/lib");
        Files.writeString(
                mvn,
                "#!/bin/sh\necho built >>'" + builds + "'\nrm -rf '" + lib + "'\nmkdir -p '" + lib + "'\nln -s '"
                        + built + "'/* '" + lib + "'\n");
        Command.run(List.of("chmod", "+x", mvn.toString())).expect(0);
    }

    @AfterEach
    void cleanUp() throws Exception {
        scratch.close();
    }

    private Command.Result launch(String... arguments) {
        Map<String, String> environment = new HashMap<>(Product.environment(scratch.directory()));
        environment.put("PATH", scratch.directory().resolve("bin") + ":" + System.getenv("PATH"));
        List<String> command = Stream.concat(
                        Stream.of(home.resolve("netcachefs").toString()), Stream.of(arguments))
                .toList();
        return Command.run(command, environment, Duration.ofSeconds(60));
    }

    private long builds() throws Exception {
        return Files.exists(builds) ? Files.readAllLines(builds).size() : 0;
    }

    /** A file of now, of a program that was built an hour ago. */
    private void change(String file) throws Exception {
        Path path = home.resolve(file);
        Files.deleteIfExists(path);
        Files.createFile(path);
        Files.setLastModifiedTime(lib, FileTime.from(Instant.now().minus(Duration.ofHours(1))));
    }

    /** As if nothing had changed since. */
    private void age() throws Exception {
        Command.run(List.of("sh", "-c", "find \"$1\" -exec touch -hd '2 hours ago' {} +", "sh", home.toString()))
                .expect(0);
        Files.setLastModifiedTime(lib, FileTime.from(Instant.now().minus(Duration.ofHours(1))));
    }

    @Test
    void launcher_buildsOnce_andAgainWhenSourcesAreNewer() throws Exception {
        Command.Result first = launch("--version").expect(0);
        assertThat(first.err()).contains("building").doesNotContain("changed");
        assertThat(builds()).isEqualTo(1);
        age();
        assertThat(launch("--version").expect(0).err()).isEmpty();
        assertThat(builds()).isEqualTo(1);

        change("daemon/src/test/java/Test.java");
        assertThat(launch("--version").expect(0).err()).isEmpty();
        age();
        change("daemon/src/main/java/Main.java");
        assertThat(launch("umount", home.toString()).expect(30).err()).doesNotContain("building");
        assertThat(builds()).isEqualTo(1);
        Command.Result again = launch("--version").expect(0);
        assertThat(again.err().strip().lines()).hasSize(1);
        assertThat(again.err()).contains("building", "changed");
        assertThat(again.out()).isEqualTo(first.out());
        assertThat(builds()).isEqualTo(2);

        age();
        Files.delete(home.resolve("daemon/src/main/java/Main.java"));
        launch("--version").expect(0);
        assertThat(builds()).isEqualTo(3);
    }
}
