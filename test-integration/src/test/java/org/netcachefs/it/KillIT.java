package org.netcachefs.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.netcachefs.it.harness.Command;
import org.netcachefs.it.harness.Content;
import org.netcachefs.it.harness.Figures;
import org.netcachefs.it.harness.Load;
import org.netcachefs.it.harness.MountedDaemon;
import org.netcachefs.it.harness.Posix;
import org.netcachefs.it.harness.Product;
import org.netcachefs.it.harness.Scratch;
import org.netcachefs.it.harness.TestUpstream;
import org.netcachefs.it.harness.Trees;

/** Promise: a cache survives the death of its daemon: right bytes, at once, and (nearly) all of them. */
class KillIT {
    private static final long MIB = 1 << 20;

    private final Scratch scratch = Scratch.make("kill");
    private boolean fastestInTime;

    @AfterEach
    void cleanUp() throws Exception {
        scratch.close();
    }

    @Test
    void killedUnderLoad_servesWhatWasCachedFiveSecondsBefore() throws Exception {
        killUnderLoad(2);
    }

    @Test
    @Tag("long")
    void killedAtTwentyPoints_servesWhatWasCachedFiveSecondsBefore() throws Exception {
        killUnderLoad(20);
    }

    private void killUnderLoad(int kills) throws Exception {
        Path tree = scratch.folder("tree");
        List<Trees.Made> loaded = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            loaded.add(Trees.file(tree, "load" + i, 500 + i, 4 * MIB));
        }
        List<Trees.Made> settled = new ArrayList<>();
        for (int i = 0; i < 8 * kills; i++) {
            settled.add(Trees.file(tree, "settled" + i, i, 100_000 + i * 16_381L));
        }
        TestUpstream upstream = TestUpstream.show(scratch, tree, "upstream");
        MountedDaemon daemon = MountedDaemon.launch(scratch, upstream.mountPoint(), "mount", "1G");
        Random random = new Random(kills);

        for (int kill = 0; kill < kills; kill++) {
            daemon.browse();
            List<Trees.Made> cached = settled.subList(0, 8 * (kill + 1));
            for (Trees.Made file : cached) {
                Content.verify(daemon.path(file.path()), file.seed(), file.size());
            }
            assertThat(daemon.settle().number("fills.dropped_bytes")).isZero();

            try (Load load = Load.start(3, (worker, turn) -> read(daemon, loaded, worker, turn))) {
                Command.pause(Duration.ofMillis(5000 + random.nextInt(1500)));
                assertThat(load.failed()).as("reads before the kill").isFalse();
                daemon.kill9();
            }
            upstream.reset();
            firstHit(daemon, cached.get(0), upstream);
            for (Trees.Made file : cached) {
                Content.verify(daemon.path(file.path()), file.seed(), file.size());
                assertThat(upstream.count().bytesOf(file.path()))
                        .as("read again of " + file + " after kill " + kill)
                        .isLessThanOrEqualTo(file.size() / 10);
            }
            for (Trees.Made file : loaded) {
                Content.verify(daemon.path(file.path()), file.seed(), file.size());
            }
        }
        assertThat(fastestInTime)
                .as("a first hit within a second of the command")
                .isTrue();
    }

    private static void read(MountedDaemon daemon, List<Trees.Made> files, int worker, long turn) throws Exception {
        Trees.Made file = files.get((int) ((turn * 3 + worker) % files.size()));
        try {
            if (turn % 10 == 0) {
                daemon.command("flush", daemon.path(file.path()).toString());
            }
            Content.verify(daemon.path(file.path()), file.seed(), file.size());
        } catch (java.io.IOException e) {
            Command.pause(Duration.ofMillis(100)); // killed meanwhile: wrong bytes are an AssertionError
        }
    }

    private void firstHit(MountedDaemon daemon, Trees.Made file, TestUpstream upstream) throws Exception {
        long started = System.nanoTime();
        Command.Result mounted = daemon.mountOnly();
        ByteBuffer to = ByteBuffer.allocateDirect(4096);
        try (Posix.File open = Posix.open(daemon.path(file.path()), Posix.O_RDONLY)) {
            open.read(to, 0);
        }
        Duration took = Duration.ofNanos(System.nanoTime() - started);
        assertThat(upstream.count().bytes()).as("the first read is a hit").isZero();
        Figures.note("kill: first hit after " + took.toMillis() + " ms, mounted in "
                + mounted.took().toMillis());
        Duration bare =
                Product.launch(daemon.mountPoint().getParent(), "--version").took();
        Duration limit = Duration.ofMillis(Math.max(1000, 4 * bare.toMillis())); // a machine busy with other things
        fastestInTime |= took.compareTo(limit) < 0;
        daemon.findProcess();
        assertThat(Files.isDirectory(daemon.mountPoint())).isTrue();
    }
}
