package org.netcachefs.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.netcachefs.it.harness.Command;
import org.netcachefs.it.harness.Content;
import org.netcachefs.it.harness.MountedDaemon;
import org.netcachefs.it.harness.Mounts;
import org.netcachefs.it.harness.Product;
import org.netcachefs.it.harness.Scratch;
import org.netcachefs.it.harness.Stat;
import org.netcachefs.it.harness.TestUpstream;
import org.netcachefs.it.harness.Trees;

/** What a user types, against a real mount. */
class CommandsIT {
    private final Scratch scratch = Scratch.make("commands");
    private Path tree;
    private List<Trees.Made> files;

    @BeforeEach
    void makeTree() throws Exception {
        tree = scratch.folder("tree");
        files = Trees.make(tree, 60);
    }

    @AfterEach
    void cleanUp() throws Exception {
        scratch.close();
    }

    private void verify(MountedDaemon daemon) throws Exception {
        for (Trees.Made file : files) {
            Content.verify(daemon.path(file.path()), file.seed(), file.size());
        }
    }

    @Test
    void mount_byTheLauncher_leavesAWorkingMountAndOneLine() throws Exception {
        Path mountPoint = scratch.folder("mount");
        Command.Result result = Product.launch(
                scratch.directory(),
                "mount",
                tree.toString(),
                mountPoint.toString(),
                "--size",
                "128M",
                "--cache",
                scratch.directory().resolve("cache").toString());
        result.expect(0);
        assertThat((result.out() + result.err()).strip().lines())
                .as(result.toString())
                .hasSize(1);
        Mounts.Line line = Mounts.at(mountPoint).orElseThrow();
        assertThat(line.type()).isEqualTo("fuse.netcachefs");
        assertThat(line.source()).isEqualTo(tree.toString());
        Trees.assertSame(tree, mountPoint);
        Product.launch(scratch.directory(), "umount", mountPoint.toString()).expect(0);
        assertThat(Mounts.isNetcachefs(mountPoint)).isFalse();
    }

    @Test
    void mount_withMountStyleOptions_isTheSame() throws Exception {
        Path mountPoint = scratch.folder("mount");
        String cache = scratch.directory().resolve("cache").toString();
        Product.launch(
                        scratch.directory(),
                        "mount",
                        tree.toString(),
                        mountPoint.toString(),
                        "-o",
                        "size=128M,cache=" + cache + ",ro,nosuid")
                .expect(0);
        Trees.assertSame(tree, mountPoint);
        Product.launch(scratch.directory(), "umount", mountPoint.toString()).expect(0);
        Product.launch(scratch.directory(), "umount", mountPoint.toString()).expect(30);
    }

    @Test
    void mountOverItself_andOverANonEmptyFolder_work() throws Exception {
        Path over = scratch.folder("over");
        Trees.file(over, "only/here", 77, 5000);
        Product.launch(
                        scratch.directory(),
                        "mount",
                        over.toString(),
                        over.toString(),
                        "--size",
                        "128M",
                        "--cache",
                        scratch.directory().resolve("over-cache").toString())
                .expect(0);
        assertThat(Mounts.isNetcachefs(over)).isTrue();
        Content.verify(over.resolve("only/here"), 77, 5000);
        Product.launch(scratch.directory(), "umount", over.toString()).expect(0);

        Product.launch(
                        scratch.directory(),
                        "mount",
                        tree.toString(),
                        over.toString(),
                        "--size",
                        "128M",
                        "--cache",
                        scratch.directory().resolve("tree-cache").toString())
                .expect(0);
        Trees.assertSame(tree, over);
        Product.launch(scratch.directory(), "umount", over.toString()).expect(0);
        Content.verify(over.resolve("only/here"), 77, 5000);
    }

    @Test
    void mountsBelowUpstream_areCrossed_withUniqueInodes() throws Exception {
        Path other = scratch.folder("other");
        Trees.make(other, 60);
        Path below = scratch.folder("tree/below");
        TestUpstream upstream = TestUpstream.show(scratch, other, "tree/below");
        MountedDaemon daemon =
                MountedDaemon.mount(scratch, tree, "mount", "128M").browse();
        verify(daemon);
        assertThat(upstream.mountPoint()).isEqualTo(below);
        for (Trees.Made file : files) {
            Content.verify(daemon.path("below/" + file.path()), file.seed(), file.size());
        }
        String inodes = Command.run(List.of(
                        "sh",
                        "-c",
                        "find \"$1\" -printf '%i\\n' | sort | uniq -d",
                        "sh",
                        daemon.mountPoint().toString()))
                .expect(0)
                .out();
        assertThat(inodes).isEmpty();
        daemon.remount();
        upstream.reset();
        for (Trees.Made file : files) {
            Content.verify(daemon.path("below/" + file.path()), file.seed(), file.size());
        }
        assertThat(upstream.count().bytes()).isZero();
    }

    @Test
    void readOnlyMount_refusesEveryChange() throws Exception {
        MountedDaemon daemon = MountedDaemon.mount(scratch, tree, "mount", "128M", "--ro");
        Path file = daemon.path(files.get(3).path());
        assertThatThrownBy(() -> Files.newByteChannel(file, StandardOpenOption.WRITE))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining("Read-only");
        assertThatThrownBy(() -> Files.delete(file)).hasMessageContaining("Read-only");
        assertThatThrownBy(() -> Files.createDirectory(daemon.path("new"))).hasMessageContaining("Read-only");
        assertThatThrownBy(() -> Files.createFile(daemon.path("new"))).hasMessageContaining("Read-only");
        assertThatThrownBy(() -> Files.move(file, daemon.path("new"))).hasMessageContaining("Read-only");
        assertThatThrownBy(() -> Files.createSymbolicLink(daemon.path("new"), file))
                .hasMessageContaining("Read-only");
        Trees.assertSame(tree, daemon.mountPoint());
    }

    @Test
    void statOfAMount_ofAFileAndOfAFolder_tellWhatIsCached() throws Exception {
        MountedDaemon daemon =
                MountedDaemon.mount(scratch, tree, "mount", "128M").browse();
        Trees.Made file = files.get(13);
        assertThat(daemon.stat(daemon.path(file.path())).number("cached_bytes")).isZero();
        verify(daemon);
        Stat all = daemon.settle();
        assertThat(all.number("schema")).isEqualTo(1);
        assertThat(all.text("mount.mountpoint")).isEqualTo(daemon.mountPoint().toString());
        assertThat(all.text("mount.upstream")).isEqualTo(tree.toString());
        assertThat(all.text("cache.directory")).isEqualTo(daemon.cache().toString());
        assertThat(all.number("cache.size_bytes")).isEqualTo(128L << 20);
        long total = files.stream().mapToLong(Trees.Made::size).sum();
        assertThat(all.number("upstream.read_bytes")).isBetween(total, total * 5 / 4);
        assertThat(all.number("reads.miss_bytes")).isPositive();
        Stat one = daemon.stat(daemon.path(file.path()));
        assertThat(one.number("size_bytes")).isEqualTo(file.size());
        assertThat(one.number("cached_bytes")).isEqualTo(file.size());
        assertThat(one.text("type")).isNotEmpty();
        assertThat(one.text("validity")).isEqualTo("valid");
        Stat folder = daemon.stat(daemon.path("d0"));
        assertThat(folder.number("files")).isEqualTo(50);
        assertThat(folder.number("cached_files")).isBetween(45L, 50L);
        assertThat(daemon.command("stat", daemon.mountPoint().toString())
                        .expect(0)
                        .out())
                .contains("HEALTHY");
    }

    @Test
    void flushOfAPath_dropsItsBytesAlsoWithoutUpstream() throws Exception {
        TestUpstream upstream = TestUpstream.show(scratch, tree, "upstream");
        MountedDaemon daemon = MountedDaemon.mount(scratch, upstream.mountPoint(), "mount", "128M")
                .browse();
        verify(daemon);
        long used = daemon.settle().number("slots.used_bytes");

        upstream.hang();
        String file = daemon.path(files.get(14).path()).toString();
        daemon.command("flush", "--wait", file).expect(0);
        long without = daemon.stat().number("slots.used_bytes");
        assertThat(used - without).isEqualTo((files.get(14).size() + 4095) / 4096 * 4096);
        daemon.command("flush", "--wait", daemon.path("d0").toString()).expect(0);
        long rest = files.stream()
                .filter(f -> f.path().startsWith("d1/"))
                .mapToLong(f -> (f.size() + 4095) / 4096 * 4096)
                .sum();
        assertThat(daemon.stat().number("slots.used_bytes")).isEqualTo(rest);
        daemon.flushAll();
        assertThat(daemon.stat().number("slots.used_bytes")).isZero();
        upstream.release();

        upstream.reset();
        MountedDaemon.await(
                "the circuit", () -> daemon.stat().text("mount.circuit").equals("closed"));
        verify(daemon);
        assertThat(upstream.count().bytes())
                .as("read again, not from the kernel's pages")
                .isPositive();
    }

    @Test
    void statOfAPathThatIsNotThere_saysSo() throws Exception {
        TestUpstream upstream = TestUpstream.show(scratch, tree, "upstream");
        MountedDaemon daemon = MountedDaemon.mount(scratch, upstream.mountPoint(), "mount", "128M");
        String file = daemon.path(files.get(14).path()).toString();
        assertThat(daemon.command("stat", file).expect(0).out()).contains("nothing is known of it");
        for (String missing : List.of("/no/such/file", "/no-such-file")) {
            Command.Result result = daemon.command("stat", "--json", daemon.mountPoint() + missing);
            assertThat(result.expect(1).err()).contains(daemon.mountPoint() + missing, "no such file");
            assertThat(result.err().strip().lines()).hasSize(1);
            assertThat(result.out()).isEmpty();
        }
        Files.writeString(tree.resolve("two\nlines"), "x");
        assertThat(daemon.command("stat", daemon.path("two\nlines").toString())
                        .expect(0)
                        .out())
                .contains("two\\012lines");

        upstream.hang();
        assertThat(daemon.command("stat", daemon.path("cannot/be/told").toString())
                        .expect(0)
                        .out())
                .contains("nothing is known of it");
        upstream.release();
    }

    @Test
    void flushOfAPathThatIsNotThere_saysSo() throws Exception {
        TestUpstream upstream = TestUpstream.show(scratch, tree, "upstream");
        MountedDaemon daemon = MountedDaemon.mount(scratch, upstream.mountPoint(), "mount", "128M");
        String file = daemon.path(files.get(14).path()).toString();
        daemon.command("flush", file).expect(0); // there, though nothing is known of it yet
        for (String missing : List.of("/no/such/file", "/no-such-file")) {
            Command.Result result = daemon.command("flush", daemon.mountPoint() + missing);
            assertThat(result.expect(1).err()).contains(daemon.mountPoint() + missing, "no such file");
            assertThat(result.err().strip().lines()).hasSize(1);
        }
        daemon.command("flush", file + "/below").expect(1);

        upstream.hang();
        daemon.command("flush", daemon.path("cannot/be/told").toString()).expect(0);
        daemon.command("flush", file).expect(0);
        upstream.release();
    }

    @Test
    void list_logLevel_helpVersionAndCompletion_answer() throws Exception {
        MountedDaemon daemon = MountedDaemon.mount(scratch, tree, "mount", "128M");
        assertThat(daemon.command("list").expect(0).out())
                .contains(daemon.mountPoint().toString())
                .contains(tree.toString());
        daemon.command("log", "debug", daemon.mountPoint().toString()).expect(0);
        verify(daemon);
        daemon.command("log", "info", daemon.mountPoint().toString()).expect(0);
        assertThat(daemon.command("--help").expect(0).out())
                .contains("mount", "umount", "list", "stat", "flush", "log");
        assertThat(daemon.command("--version").expect(0).out()).containsPattern("\\d+\\.\\d+\\.\\d+");
        assertThat(daemon.command("mount", "--help").expect(0).out()).contains("--size", "--cache");
    }

    @Test
    void deletedUpstream_isNotHeldOpenForLong_soThatItsSpaceIsFree() throws Exception {
        MountedDaemon daemon = MountedDaemon.mount(scratch, tree, "mount", "128M");
        verify(daemon);
        for (Trees.Made file : files) {
            Files.readAttributes(daemon.path(file.path()), BasicFileAttributes.class);
            Files.delete(tree.resolve(file.path()));
        }
        Path descriptors = Path.of("/proc/" + daemon.pid() + "/fd");
        MountedDaemon.await("descriptors to be closed", () -> deletedAmong(descriptors) == 0);
        daemon.umount();
    }

    private static long deletedAmong(Path descriptors) throws IOException {
        try (Stream<Path> open = Files.list(descriptors)) {
            return open.filter(descriptor -> target(descriptor).endsWith("(deleted)"))
                    .filter(descriptor -> target(descriptor).contains("/tree/"))
                    .count();
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            return ""; // closed meanwhile
        }
    }
}
