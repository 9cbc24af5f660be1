package org.netcachefs.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.netcachefs.it.harness.Command;
import org.netcachefs.it.harness.MountedDaemon;
import org.netcachefs.it.harness.Mounts;
import org.netcachefs.it.harness.Product;
import org.netcachefs.it.harness.Scratch;
import org.netcachefs.it.harness.TestUpstream;
import org.netcachefs.it.harness.Trees;

/** Promise: bad input gets one clear line and its exit code, and nothing is lost or left mounted. */
class BadInputIT {
    private final Scratch scratch = Scratch.make("bad");
    private Path tree;
    private Path mountPoint;
    private Path cache;

    @BeforeEach
    void makeTree() throws Exception {
        tree = scratch.folder("tree");
        Trees.file(tree, "file", 1, 10_000);
        mountPoint = scratch.folder("mount");
        cache = scratch.directory().resolve("cache");
    }

    @AfterEach
    void cleanUp() throws Exception {
        scratch.close();
    }

    /** {@code netcachefs mount UPSTREAM MOUNTPOINT --cache … OPTIONS}, which must fail with this code and one line naming these. */
    private void refused(int code, Path upstream, Path mountedAt, List<String> options, String... named) {
        List<String> arguments = new ArrayList<>(List.of("mount", "-f", upstream.toString(), mountedAt.toString()));
        if (!options.contains("--cache")) {
            arguments.addAll(List.of("--cache", cache.toString()));
        }
        arguments.addAll(options);
        oneLine(Product.run(scratch.directory(), arguments.toArray(String[]::new)), code, named);
        assertThat(Mounts.below(scratch.directory())).noneMatch(Mounts::isNetcachefs);
        assertThat(tree.resolve("file")).hasSize(10_000);
    }

    private static void oneLine(Command.Result result, int code, String... named) {
        result.complained(code, named);
    }

    private void refused(int code, List<String> options, String... named) {
        refused(code, tree, mountPoint, options, named);
    }

    @Test
    void upstream_missingOrAFile_isExit10() throws Exception {
        Path missing = scratch.directory().resolve("missing");
        refused(10, missing, mountPoint, List.of("--size", "128M"), missing.toString());
        refused(10, tree.resolve("file"), mountPoint, List.of("--size", "128M"), "file", "directory");
    }

    @Test
    void upstream_unreadable_isExit10() throws Exception {
        TestUpstream upstream = TestUpstream.show(scratch, tree, "upstream");
        upstream.error("EACCES");
        refused(
                10,
                upstream.mountPoint(),
                mountPoint,
                List.of("--size", "128M"),
                upstream.mountPoint().toString());
    }

    @Test
    void mountPoint_missingOrAFile_isExit11() throws Exception {
        Path missing = scratch.directory().resolve("missing");
        refused(11, tree, missing, List.of("--size", "128M"), missing.toString(), "mkdir");
        Path file = Files.createFile(scratch.directory().resolve("a-file"));
        refused(11, tree, file, List.of("--size", "128M"), file.toString(), "directory");
    }

    @Test
    void nested_isExit12() throws Exception {
        refused(12, tree, scratch.folder("tree/inside"), List.of("--size", "128M"), "tree/inside");
        refused(12, scratch.folder("mount/inside"), mountPoint, List.of("--size", "128M"), "mount/inside");
        refused(12, List.of("--size", "128M", "--cache", mountPoint + "/cache"), "mount/cache", "--cache");
        refused(12, List.of("--size", "128M", "--cache", tree + "/cache"), "tree/cache", "--cache");
    }

    @Test
    void cacheOnANetworkFileSystem_isExit12() throws Exception {
        TestUpstream disk = TestUpstream.show(scratch, scratch.folder("disk-backing"), "disk");
        String there = disk.mountPoint().resolve("cache").toString();
        refused(12, List.of("--size", "128M", "--cache", there), there, "--force");
    }

    @Test
    void size_missingOrGarbage_isExit1() {
        refused(1, List.of(), "size");
        refused(1, List.of("--size", "lots"), "size", "lots");
        refused(1, List.of("--size", "-5M"), "size");
        refused(1, List.of("--size"), "size");
    }

    @Test
    void size_tooSmallOrLargerThanTheDisk_isExit23() {
        refused(23, List.of("--size", "1M"), "smallest", "81M");
        refused(23, List.of("--size", "500T"), cache.toString());
        assertThat(cache).doesNotExist();
        refused(23, List.of("--size", "1M"), "size 1M", "--size 81M");
        refused(23, List.of("--size", "500T"), "size 500T", " free");
    }

    @Test
    void options_unknownOrWithBadValues_areExit1() {
        refused(1, List.of("--size", "128M", "--no-such-option"), "--no-such-option");
        refused(1, List.of("--size", "128M", "-o", "nosuchoption=1"), "nosuchoption");
        refused(1, List.of("--size", "128M", "--block-size", "300K"), "block-size");
        refused(1, List.of("--size", "128M", "--cull", "1:2:3"), "cull");
        refused(1, List.of("--size", "128M", "--coherency", "sometimes"), "coherency");
        oneLine(Product.run(scratch.directory(), "no-such-command"), 1, "no-such-command");
    }

    @Test
    void alreadyMounted_isExit11_andCacheInUse_isExit20() throws Exception {
        MountedDaemon daemon = MountedDaemon.mount(scratch, tree, "held", "128M");
        String place = daemon.mountPoint().toString();
        oneLine(
                daemon.command("mount", "-f", tree.toString(), place, "--size", "128M", "--cache", cache.toString()),
                11,
                place,
                "umount");
        oneLine(
                daemon.command(
                        "mount",
                        "-f",
                        tree.toString(),
                        mountPoint.toString(),
                        "--cache",
                        daemon.cache().toString()),
                20,
                Long.toString(daemon.pid()));
    }

    @Test
    void cacheOfAnotherBlockSize_isExit21() throws Exception {
        MountedDaemon daemon = MountedDaemon.mount(scratch, tree, "held", "128M");
        daemon.umount();
        oneLine(
                daemon.command(daemon.mountArguments("--block-size", "512K", "--require-cache")),
                21,
                daemon.cache().toString(),
                "--recreate");
        daemon.start();
        assertThat(daemon.path("file")).hasSize(10_000);
    }

    @Test
    void cacheOfAnotherFormatVersion_isAMountWithoutCache_orExit21() throws Exception {
        MountedDaemon daemon = MountedDaemon.mount(scratch, tree, "held", "128M");
        daemon.umount();
        Path superblock = daemon.cache().resolve("superblock");
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(superblock));
        bytes.putInt(8, 99);
        CRC32C checksum = new CRC32C();
        checksum.update(bytes.array(), 0, bytes.capacity() - 4);
        bytes.putInt(bytes.capacity() - 4, (int) checksum.getValue());
        Files.write(superblock, bytes.array());

        oneLine(
                daemon.command(daemon.mountArguments("-f", "--require-cache")),
                21,
                superblock.toString(),
                "version 99",
                "--recreate");
        daemon.start();
        assertThat(daemon.said()).contains("mounted without a cache").contains("version 99");
        assertThat(daemon.path("file")).hasSameBinaryContentAs(tree.resolve("file"));
        assertThat(daemon.stat().text("cache.health")).isEqualTo("OFFLINE");
        assertThat(superblock).hasBinaryContent(bytes.array());
    }

    @Test
    void truncatedSuperblock_isAMountWithoutCache_orExit22() throws Exception {
        MountedDaemon daemon = MountedDaemon.mount(scratch, tree, "held", "128M");
        daemon.umount();
        try (RandomAccessFile file =
                new RandomAccessFile(daemon.cache().resolve("superblock").toFile(), "rw")) {
            file.setLength(10);
        }
        oneLine(daemon.command(daemon.mountArguments("--require-cache")), 22, "superblock", "--recreate");
        daemon.start();
        assertThat(daemon.path("file")).hasSameBinaryContentAs(tree.resolve("file"));
        assertThat(daemon.stat().text("cache.health")).isEqualTo("OFFLINE");
        daemon.umount();

        Command.run(Product.netcachefs(List.of("--version"))).expect(0);
        MountedDaemon again = MountedDaemon.mount(
                scratch,
                tree,
                "again",
                "128M",
                "--recreate",
                "--cache",
                daemon.cache().toString());
        assertThat(again.stat().text("cache.health")).isEqualTo("HEALTHY");
    }

    @Test
    void cacheWritableByOthers_isNotUsed() throws Exception {
        Files.createDirectories(cache);
        Command.run(List.of("chmod", "0777", cache.toString())).expect(0);
        List<String> arguments = List.of("--size", "128M", "--require-cache");
        refused(22, arguments, cache.toString());
    }

    @Test
    void noFuseDevice_isExit2() {
        String hide = "mkdir \"$0/dev\" && mount --rbind /dev \"$0/dev\" && mount -t tmpfs tmpfs /dev"
                + " && for f in null zero random urandom; do touch /dev/$f && mount --bind \"$0/dev/$f\" /dev/$f; done"
                + " && exec \"$@\"";
        List<String> command = new ArrayList<>(
                List.of("unshare", "-rm", "sh", "-c", hide, scratch.directory().toString()));
        command.addAll(Product.netcachefs(List.of(
                "mount", "-f", tree.toString(), mountPoint.toString(), "--size", "128M", "--cache", cache.toString())));
        Command.Result result = Command.run(command, Product.environment(scratch.directory()), Duration.ofSeconds(60));
        oneLine(result, 2, "/dev/fuse");
    }

    @Test
    void adminCommands_withoutADaemon_areExit30() {
        for (String command : List.of("stat", "umount", "flush")) {
            oneLine(Product.run(scratch.directory(), command, tree.toString()), 30, tree.toString());
        }
        oneLine(Product.run(scratch.directory(), "log", "debug", tree.toString()), 30, tree.toString());
    }

    @Test
    void fifoAndSocketInUpstream_areNeverOpenedByTheDaemon() throws Exception {
        Trees.oddities(tree);
        MountedDaemon daemon = MountedDaemon.mount(scratch, tree, "held", "128M");
        Path fifo = daemon.path("links/fifo");
        List<String> command = List.of(
                "sh",
                "-c",
                "find \"$1\" -ls >/dev/null && (echo through > \"$2\" &) && timeout 5 cat \"$2\"",
                "sh",
                daemon.mountPoint().toString(),
                fifo.toString());
        assertThat(Command.run(command).expect(0).out()).isEqualTo("through\n");
        Trees.assertSame(tree, daemon.mountPoint());
    }

    @Test
    void devicesInUpstream_areShownAndDoNotWork() throws Exception {
        Path device = tree.resolve("zero");
        Command.run(List.of("mknod", device.toString(), "c", "1", "5")).expect(0);
        Trees.oddities(tree);
        MountedDaemon daemon = MountedDaemon.mount(scratch, tree, "held", "128M");
        assertThat(Command.run(List.of(
                                "stat", "-c", "%F %t,%T", daemon.path("zero").toString()))
                        .expect(0)
                        .out())
                .isEqualTo("character special file 1,5\n");
        assertThat(failure("head", "-c1", daemon.path("zero").toString())).contains("Permission denied");
        assertThat(failure("cat", daemon.path("links/socket").toString())).contains("No such device or address");
        String mounted = Command.run(List.of("grep", daemon.mountPoint().toString(), "/proc/mounts"))
                .expect(0)
                .out();
        assertThat(mounted).contains("nodev", "nosuid");
    }

    private static String failure(String... command) {
        return Command.run(List.of(command)).expect(1).err();
    }
}
