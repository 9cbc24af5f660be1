package org.netcachefs.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.netcachefs.it.harness.Command;
import org.netcachefs.it.harness.Content;
import org.netcachefs.it.harness.Figures;
import org.netcachefs.it.harness.Load;
import org.netcachefs.it.harness.MountedDaemon;
import org.netcachefs.it.harness.Posix;
import org.netcachefs.it.harness.Scratch;
import org.netcachefs.it.harness.TestUpstream;
import org.netcachefs.it.harness.Trees;

/** Promise: a cache survives the death of its daemon: right bytes, at once, and (nearly) all of them. */
class KillIT {
    private static final long MIB = 1 << 20;
    private static final int EACH = 8;

    private final Scratch scratch = Scratch.make("kill");
    private final List<Trees.Made> loaded = new ArrayList<>();
    private final List<Trees.Made> settled = new ArrayList<>();
    private final List<Trees.Made> fresh = new ArrayList<>();
    private final List<Duration> firstHits = new ArrayList<>();

    @AfterEach
    void cleanUp() throws Exception {
        scratch.close();
    }

    @Test
    void killedUnderLoad_servesWhatWasCachedFiveSecondsBefore() throws Exception {
        killUnderLoad(2);
        assertThat(Collections.min(firstHits))
                .as("a first hit after the command, on a machine busy with other things")
                .isLessThan(Duration.ofSeconds(20));
    }

    @Test
    @Tag("long")
    @Tag("alone")
    void killedAtTwentyPoints_servesWhatWasCachedFiveSecondsBefore() throws Exception {
        killUnderLoad(20);
        assertThat(firstHits.stream().sorted().toList().get(10))
                .as("the median of the first hits after the command, of " + firstHits)
                .isLessThan(Duration.ofSeconds(1));
    }

    private void killUnderLoad(int kills) throws Exception {
        Path tree = scratch.folder("tree");
        for (int i = 0; i < 40; i++) {
            loaded.add(Trees.file(tree, "load" + i, 500 + i, 4 * MIB));
        }
        for (int i = 0; i < EACH * kills; i++) {
            settled.add(Trees.file(tree, "settled" + i, i, 100_000 + i * 16_381L));
            fresh.add(Trees.file(tree, "fresh" + i, 1000 + i, 50_000 + i * 16_381L));
        }
        TestUpstream upstream = TestUpstream.show(scratch, tree, "upstream");
        MountedDaemon daemon = MountedDaemon.launch(scratch, upstream.mountPoint(), "mount", "1G");
        Random random = new Random(kills);

        for (int kill = 0; kill < kills; kill++) {
            daemon.browse();
            List<Trees.Made> cached = new ArrayList<>(settled.subList(0, EACH * (kill + 1)));
            verify(daemon, cached);
            assertThat(daemon.settle().number("fills.dropped_bytes")).isZero();

            cached.addAll(killWhileRead(daemon, Duration.ofMillis(5000 + random.nextInt(3000)), kill));
            upstream.reset();
            firstHit(daemon, cached.get(0), upstream);
            verify(daemon, cached);
            TestUpstream.Count read = upstream.count();
            for (Trees.Made file : cached) {
                assertThat(read.bytesOf(file.path()))
                        .as("read again of " + file + " after kill " + kill)
                        .isLessThanOrEqualTo(file.size() / 10);
            }
            verify(daemon, loaded);
        }
    }

    private static void verify(MountedDaemon daemon, List<Trees.Made> files) throws Exception {
        for (Trees.Made file : files) {
            Content.verify(daemon.path(file.path()), file.seed(), file.size());
        }
    }

    /** What was read for the first time under load, five seconds and more before the kill. */
    private List<Trees.Made> killWhileRead(MountedDaemon daemon, Duration after, int kill) throws Exception {
        ConcurrentLinkedQueue<Read> reads = new ConcurrentLinkedQueue<>();
        List<Trees.Made> now = fresh.subList(EACH * kill, EACH * (kill + 1));
        try (Load load = Load.start(3, (worker, turn) -> read(daemon, worker, turn));
                Load first = Load.start(1, EACH, (worker, turn) -> {
                    Trees.Made file = now.get((int) turn);
                    Content.verify(daemon.path(file.path()), file.seed(), file.size());
                    reads.add(new Read(file, System.nanoTime()));
                })) {
            Command.pause(after);
            assertThat(load.failed() || first.failed())
                    .as("reads before the kill")
                    .isFalse();
            long killed = System.nanoTime();
            daemon.kill9();
            return reads.stream()
                    .filter(read -> killed - read.nanos > Duration.ofSeconds(5).toNanos())
                    .map(Read::file)
                    .toList();
        }
    }

    private record Read(Trees.Made file, long nanos) {}

    private void read(MountedDaemon daemon, int worker, long turn) throws Exception {
        Trees.Made file = loaded.get((int) ((turn * 3 + worker) % loaded.size()));
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
        firstHits.add(took);
        daemon.findProcess();
        assertThat(Files.isDirectory(daemon.mountPoint())).isTrue();
    }
}
