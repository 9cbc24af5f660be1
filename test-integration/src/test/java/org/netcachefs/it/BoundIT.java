package org.netcachefs.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.netcachefs.it.harness.Content;
import org.netcachefs.it.harness.Figures;
import org.netcachefs.it.harness.Load;
import org.netcachefs.it.harness.MemoryWatch;
import org.netcachefs.it.harness.MountedDaemon;
import org.netcachefs.it.harness.Pace;
import org.netcachefs.it.harness.Sampler;
import org.netcachefs.it.harness.Scratch;
import org.netcachefs.it.harness.Stat;
import org.netcachefs.it.harness.Trees;

/** Promise: the cache never takes more disk than was declared, whatever is read through it, and goes on serving while it culls. */
class BoundIT {
    private static final long MIB = 1 << 20;

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
        MemoryWatch memory = MemoryWatch.of(scratch, daemon);

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
        memory.assertBounded("a stream through a small cache");
        assertThat(after.number("fills.bytes")).isGreaterThan(4 * sizeMib * MIB);
        assertThat(after.number("cull.culled")).isPositive();
        Pace.assertWithin(
                "longest without a free slot",
                Duration.ofNanos(after.number("cull.longest_exhausted_ns")),
                Duration.ofSeconds(1));
        Figures.note("bound: peak du " + disk.peak() / MIB + " MiB, " + after.json());
    }
}
