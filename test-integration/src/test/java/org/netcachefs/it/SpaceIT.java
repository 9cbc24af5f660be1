package org.netcachefs.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.netcachefs.it.harness.Content;
import org.netcachefs.it.harness.MountedDaemon;
import org.netcachefs.it.harness.Posix;
import org.netcachefs.it.harness.Scratch;
import org.netcachefs.it.harness.Stat;
import org.netcachefs.it.harness.Trees;

/** Promise: space follows content. */
class SpaceIT {
    private static final long SECTOR = 4096;

    private final Scratch scratch = Scratch.make("space");

    @AfterEach
    void cleanUp() throws Exception {
        scratch.close();
    }

    @Test
    void smallFiles_fullyCached_takeTheirSectorsAndTenPercent() throws Exception {
        smallFiles(3000, "160M");
    }

    @Test
    @Tag("long")
    void fiftyThousandSmallFiles_fullyCached_takeTheirSectorsAndTenPercent() throws Exception {
        smallFiles(50_000, "1G");
    }

    private void smallFiles(int count, String size) throws Exception {
        Path tree = scratch.folder("tree");
        List<Trees.Made> made = Trees.small(tree, count, 12_000);
        long sectors = made.stream()
                .mapToLong(file -> (file.size() + SECTOR - 1) / SECTOR * SECTOR)
                .sum();
        MountedDaemon daemon = MountedDaemon.mount(scratch, tree, "mount", size).browse();
        for (Trees.Made file : made) {
            Content.verify(daemon.path(file.path()), file.seed(), file.size());
        }
        Stat filled = daemon.settle();

        assertThat(filled.number("fills.dropped_bytes")).isZero();
        assertThat(filled.number("slots.used_bytes")).isBetween(sectors, sectors * 11 / 10);
        long slots = filled.number("slots.used");
        assertThat(slots * filled.number("cache.block_bytes"))
                .as("slots taken")
                .isLessThanOrEqualTo(sectors * 11 / 10 + (4 << 20));

        daemon.remount();
        for (Trees.Made file : made) {
            Content.verify(daemon.path(file.path()), file.seed(), file.size());
        }
        assertThat(daemon.stat().number("upstream.read_bytes")).isZero();
    }

    @Test
    void randomReadsOfASparseFile_takeLittleMoreThanWhatWasFetched() throws Exception {
        randomReads(2000);
    }

    @Test
    @Tag("long")
    void manyRandomReadsOfASparseFile_takeLittleMoreThanWhatWasFetched() throws Exception {
        randomReads(20_000);
    }

    private void randomReads(int reads) throws Exception {
        Path tree = scratch.folder("tree");
        long size = 10L << 30;
        Trees.sparse(tree.resolve("sparse"), size);
        MountedDaemon daemon = MountedDaemon.mount(scratch, tree, "mount", "2G").browse();
        Random random = new Random(1);
        ByteBuffer to = ByteBuffer.allocateDirect((int) SECTOR);
        try (Posix.File file = Posix.openDirect(daemon.path("sparse"))) {
            for (int i = 0; i < reads; i++) {
                to.clear();
                file.read(to, random.nextLong(size / SECTOR) * SECTOR);
                assertThat(to.hasRemaining()).isFalse();
            }
        }
        Stat filled = daemon.settle();
        long fetched = filled.number("upstream.read_bytes");
        assertThat(fetched).as("sectors asked for").isBetween(reads * SECTOR * 9 / 10, reads * SECTOR * 5 / 4);
        assertThat(filled.number("fills.dropped_bytes")).isZero();
        assertThat(filled.number("slots.used_bytes")).isBetween(fetched * 9 / 10, fetched * 5 / 4);
        long slots = filled.number("slots.used");
        assertThat(slots * filled.number("cache.block_bytes"))
                .as("slots taken")
                .isLessThanOrEqualTo(fetched * 5 / 4 + (4 << 20));
    }
}
