package org.netcachefs.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.netcachefs.it.harness.Command;
import org.netcachefs.it.harness.MemoryWatch;
import org.netcachefs.it.harness.MountedDaemon;
import org.netcachefs.it.harness.Scratch;

/** Promise: with the default settings the daemon's own memory stays below 400 MiB. */
class MemoryIT {
    private final Scratch scratch = Scratch.make("memory");

    @AfterEach
    void cleanUp() throws Exception {
        scratch.close();
    }

    @Test
    void verifiedRandomReadsByEightJobs_stayBelow400MiB() throws Exception {
        verifiedRandomReads(15, "512M");
    }

    @Test
    @Tag("long")
    void verifiedRandomReadsByEightJobs_forFiveMinutes_stayBelow400MiB() throws Exception {
        verifiedRandomReads(300, "512M");
    }

    @Test
    @Tag("long")
    void aHugeDirectoryListedThrice_andALongFileRead_stayBelow400MiB() throws Exception {
        Path tree = scratch.folder("tree");
        Path names = Files.createDirectories(tree.resolve("names"));
        for (int i = 0; i < 100_000; i++) {
            Files.createFile(names.resolve("file" + i));
        }
        run("truncate", "-s", "5G", tree.resolve("sparse").toString());
        MountedDaemon daemon = MountedDaemon.launch(scratch, tree, "mount", "1G");
        MemoryWatch memory = MemoryWatch.of(scratch, daemon);

        for (int i = 0; i < 3; i++) {
            run("ls", "-l", daemon.path("names").toString());
        }
        run("cksum", daemon.path("sparse").toString());

        memory.assertBounded("100,000 names listed thrice and 5 GiB read");
    }

    private static void run(String... command) {
        Command.run(List.of(command), Map.of(), Duration.ofMinutes(10)).expect(0);
    }

    private void verifiedRandomReads(int seconds, String size) throws Exception {
        Path tree = scratch.folder("tree");
        fio(tree, "--rw=write", "--bs=64k");
        MountedDaemon daemon = MountedDaemon.launch(scratch, tree, "mount", size);
        MemoryWatch memory = MemoryWatch.of(scratch, daemon);

        fio(daemon.mountPoint(), "--rw=randread", "--bs=64k", "--time_based=1", "--runtime=" + seconds);

        memory.assertBounded(seconds + " s of random reads, " + daemon.stat().json());
        assertThat(daemon.stat().number("reads.requests")).isPositive();
    }

    /** Eight jobs with a file of 128 MiB each: twice the size of the cache, so it culls too. */
    private void fio(Path folder, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                "fio",
                "--name=job",
                "--numjobs=8",
                "--size=128m",
                "--directory=" + folder,
                "--ioengine=psync",
                "--verify=crc32c",
                "--verify_fatal=1",
                "--verify_state_save=0",
                "--group_reporting"));
        command.addAll(List.of(arguments));
        Command.run(command, Map.of(), Duration.ofMinutes(10)).expect(0);
    }
}
