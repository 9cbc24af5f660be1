package org.netcachefs.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.netcachefs.it.fsx.FsxMain;
import org.netcachefs.it.harness.Command;
import org.netcachefs.it.harness.Figures;
import org.netcachefs.it.harness.Load;
import org.netcachefs.it.harness.MountedDaemon;
import org.netcachefs.it.harness.Product;
import org.netcachefs.it.harness.Scratch;
import org.netcachefs.it.harness.Trees;

/** Promise: what is written through the mount is what is read, through it and upstream. */
class WriteIT {
    private final Scratch scratch = Scratch.make("write");

    @AfterEach
    void cleanUp() throws Exception {
        scratch.close();
    }

    // ---- one file against bytes in memory

    @Test
    void twentyThousandRandomSteps_onOneFile_showNoDifference() throws Exception {
        randomSteps(20_000);
    }

    @Test
    @Tag("long")
    void aMillionRandomSteps_onOneFile_showNoDifference() throws Exception {
        randomSteps(1_000_000);
    }

    /** Meanwhile what is cached is flushed over and over. */
    private void randomSteps(int steps) throws Exception {
        Path tree = scratch.folder("tree");
        MountedDaemon daemon = MountedDaemon.mount(scratch, tree, "mount", "128M");
        long seed = new SecureRandom().nextLong();
        List<String> command = Product.java(
                List.of("-Xmx64m", "-XX:+UseSerialGC"),
                FsxMain.class.getName(),
                List.of(daemon.mountPoint().toString(), tree.toString(), "" + seed, "" + steps));
        try (Load flushes = Load.start(1, (worker, turn) -> {
            Command.pause(Duration.ofSeconds(3));
            daemon.command("flush", daemon.path("fsx").toString());
        })) {
            Command.Result result =
                    Command.run(command, Map.of(), Duration.ofMinutes(40)).expect(0);
            flushes.stop();
            Figures.note("fsx in " + result.took().toSeconds() + " s: " + result.out());
        }
        Trees.assertSame(tree, daemon.mountPoint());
        daemon.remount();
        Trees.assertSame(tree, daemon.mountPoint());
    }

    // ---- many files, verified by fio

    @Test
    void verifiedRandomWrites_bufferedDirectAndMapped_comeBackHereAndUpstream() throws Exception {
        verifiedRandomWrites("4m", 3);
    }

    @Test
    @Tag("long")
    void verifiedRandomWrites_bufferedDirectAndMapped_forFiveMinutes_comeBackHereAndUpstream() throws Exception {
        verifiedRandomWrites("64m", 300);
    }

    /** Four jobs of each kind at once, every file larger than its part of the cache in the end. */
    private void verifiedRandomWrites(String size, int seconds) throws Exception {
        Path tree = scratch.folder("tree");
        MountedDaemon daemon = MountedDaemon.mount(scratch, tree, "mount", "512M");
        fio(daemon.mountPoint(), size, "--rw=write", "--do_verify=0");

        fio(daemon.mountPoint(), size, "--rw=randrw", "--verify_backlog=64", "--time_based=1", "--runtime=" + seconds);

        same(tree, daemon);
        fio(tree, size, "--rw=read");
        daemon.remount();
        fio(daemon.mountPoint(), size, "--rw=read");
        same(tree, daemon);
    }

    private static void same(Path tree, MountedDaemon daemon) throws IOException {
        Trees.assertSame(tree, daemon.mountPoint());
    }

    /** A block of each kind has a size of its own, that of the buffered jobs is no multiple of a sector. */
    private static void fio(Path folder, String size, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "fio",
                "--directory=" + folder,
                "--numjobs=4",
                "--size=" + size,
                "--verify=crc32c",
                "--verify_fatal=1",
                "--verify_state_save=0",
                "--group_reporting"));
        command.addAll(List.of(arguments));
        command.addAll(List.of("--name=buffered", "--ioengine=psync", "--bs=7k"));
        command.addAll(List.of("--name=direct", "--ioengine=psync", "--direct=1", "--bs=4k"));
        command.addAll(List.of("--name=mapped", "--ioengine=mmap", "--direct=0", "--bs=16k"));
        Command.run(command, Map.of(), Duration.ofMinutes(15)).expect(0);
        try (Stream<Path> files = Files.list(folder)) {
            long made = files.count();
            if (made != 12) {
                throw new AssertionError(made + " files in " + folder);
            }
        }
    }
}
