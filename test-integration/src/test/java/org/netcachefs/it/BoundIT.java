package org.netcachefs.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.netcachefs.it.harness.Content;
import org.netcachefs.it.harness.Figures;
import org.netcachefs.it.harness.Load;
import org.netcachefs.it.harness.MountedDaemon;
import org.netcachefs.it.harness.Posix;
import org.netcachefs.it.harness.Sampler;
import org.netcachefs.it.harness.Scratch;
import org.netcachefs.it.harness.Stat;
import org.netcachefs.it.harness.Trees;

/** Promise: the cache never takes more disk than was declared, whatever is read through it, and goes on serving while it culls. */
class BoundIT {
    private static final long MIB = 1 << 20;
    private static final long MOST_MEMORY = 400 * MIB;

    private final Scratch scratch = Scratch.make("bound");

    @AfterEach
    void cleanUp() throws Exception {
        scratch.close();
    }

    @Test
    void eightTimesTheSize_readByFourWithFlushes_neverExceedsTheDeclaredSize() throws Exception {
        boundHolds(256, 2048);
    }

    private void boundHolds(long sizeMib, long readMib) throws Exception {
        Path tree = scratch.folder("tree");
        long each = 64 * MIB;
        List<Trees.Made> files = new ArrayList<>();
        for (int i = 0; i < readMib * MIB / each; i++) {
            files.add(Trees.file(tree, "f" + i, i, each));
        }
        MountedDaemon daemon =
                MountedDaemon.mount(scratch, tree, "mount", sizeMib + "M").browse();
        Sampler disk = Sampler.diskUse(scratch, daemon.cache());
        Sampler memory = Sampler.memory(scratch, daemon.pid());

        Load readers = Load.start(4, files.size() / 4, (worker, turn) -> {
            Trees.Made file = files.get((int) turn * 4 + worker);
            Content.verify(daemon.path(file.path()), file.seed(), file.size());
        });
        try (Load flushes = Load.start(1, (worker, turn) -> {
            daemon.command("flush", daemon.path("f" + turn % files.size()).toString())
                    .expect(0);
            Thread.sleep(300);
        })) {
            readers.finish();
            flushes.stop();
        }

        Stat after = daemon.settle();
        assertThat(disk.samples().size()).isGreaterThan(20);
        assertThat(disk.peak()).as("du, at its peak").isLessThanOrEqualTo(sizeMib * MIB);
        assertThat(memory.peak()).as("memory, at its peak").isLessThan(MOST_MEMORY);
        assertThat(after.number("fills.bytes")).isGreaterThan(4 * sizeMib * MIB);
        assertThat(after.number("cull.culled")).isPositive();
        assertThat(after.number("cull.longest_exhausted_ns")).isLessThan(1_000_000_000L);
        Figures.note("bound: peak du " + disk.peak() / MIB + " MiB, peak memory " + memory.peak() / MIB + " MiB, "
                + after.json());
    }

    @Test
    @Tag("long")
    void hits_whileCulling_areAboutAsFastAsWhileFillingOnly() throws Exception {
        Path tree = scratch.folder("tree");
        Trees.Made hot = Trees.file(tree, "hot", 1, 8 * MIB);
        List<Trees.Made> files = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            files.add(Trees.file(tree, "f" + i, 100 + i, 64 * MIB));
        }
        MountedDaemon daemon = MountedDaemon.mount(scratch, tree, "mount", "1G").browse();
        Content.verify(daemon.path(hot.path()), hot.seed(), hot.size());
        daemon.settle();

        long filling = percentileWhileReading(daemon, files.subList(0, 12));
        assertThat(daemon.stat().number("cull.culled")).as("not yet culling").isZero();
        long culling = percentileWhileReading(daemon, files.subList(12, 24));
        assertThat(daemon.stat().number("cull.culled")).isPositive();

        Figures.note("p99 of hits: " + filling / 1000 + " us while filling, " + culling / 1000 + " us while culling");
        assertThat(culling).isLessThanOrEqualTo(filling * 3 / 2);
    }

    /** The 99th percentile in ns of reads of the hot file while all these files are read by two threads. */
    private long percentileWhileReading(MountedDaemon daemon, List<Trees.Made> files) throws Exception {
        Load readers = Load.start(2, files.size() / 2, (worker, turn) -> {
            Trees.Made file = files.get((int) turn * 2 + worker);
            Content.verify(daemon.path(file.path()), file.seed(), file.size());
        });
        List<Long> times = Collections.synchronizedList(new ArrayList<>());
        try (Load hits = Load.start(1, (worker, turn) -> times.addAll(hits(daemon)))) {
            readers.finish();
            hits.stop();
        }
        Collections.sort(times);
        return times.get(times.size() * 99 / 100);
    }

    private static List<Long> hits(MountedDaemon daemon) throws Exception {
        List<Long> times = new ArrayList<>();
        Random random = new Random();
        ByteBuffer to = ByteBuffer.allocateDirect(4096);
        try (Posix.File file = Posix.openDirect(daemon.path("hot"))) {
            for (int i = 0; i < 500; i++) {
                long at = random.nextLong(2048) * 4096;
                to.clear();
                long started = System.nanoTime();
                file.read(to, at);
                times.add(System.nanoTime() - started);
            }
        }
        return times;
    }
}
