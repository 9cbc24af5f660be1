package org.netcachefs.store.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Power cuts: of the data written since the last sync any pages arrived, of the index's log any prefix behind its last sync.
 * Whatever is found afterwards is right, and no place is another's.
 */
class PowerCutTest {
    private Path base;

    @BeforeEach
    void makeDirectory() throws IOException {
        Path memory = Path.of("/dev/shm");
        base = Files.isWritable(memory)
                ? Files.createTempDirectory(memory, "netcachefs-cut")
                : Files.createTempDirectory("netcachefs-cut");
    }

    @AfterEach
    void deleteDirectory() throws IOException {
        IndexOpener.delete(base);
    }

    @Test
    void fewSeeds_neverGiveAWrongByte() throws Exception {
        cut(1, 50);
    }

    @Test
    @Tag("long")
    void twoThousandSeeds_neverGiveAWrongByte() throws Exception {
        cut(1000, 2000);
    }

    private void cut(long first, int seeds) throws Exception {
        long survived = 0;
        for (long seed = first; seed < first + seeds; seed++) {
            PowerCut life = new PowerCut(base.resolve("seed" + seed), new Random(seed));
            try {
                life.run();
                survived += life.bytesFound();
            } catch (Throwable e) {
                throw new AssertionError("seed " + seed, e);
            } finally {
                IndexOpener.delete(base.resolve("seed" + seed));
            }
        }
        assertThat(survived).as("bytes found after the cuts").isGreaterThan((long) seeds << 18);
    }
}
