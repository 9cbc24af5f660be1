package org.netcachefs.store.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Power cuts: of the data written since the last sync any pages arrived, of the index's log any prefix behind its last sync.
 * Whatever is found afterwards is right, and no place is another's.
 */
class PowerCutTest {
    /** How many lives go on at the same time; each holds its disk in memory. */
    private static final int AT_ONCE = 2;

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
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        try {
            List<Callable<Long>> lives = new ArrayList<>();
            for (int i = 0; i < seeds; i++) {
                long seed = first + i;
                lives.add(() -> bytesSurviving(seed));
            }
            long survived = 0;
            for (Future<Long> life : threads.invokeAll(lives)) {
                survived += life.get();
            }
            assertThat(survived).as("bytes found after the cuts").isGreaterThan((long) seeds << 18);
        } finally {
            threads.shutdown();
        }
    }

    private long bytesSurviving(long seed) throws IOException {
        Path directory = base.resolve("seed" + seed);
        PowerCut life = new PowerCut(directory, new Random(seed));
        try {
            life.run();
            return life.bytesFound();
        } catch (Throwable e) {
            throw new AssertionError("seed " + seed, e);
        } finally {
            IndexOpener.delete(directory);
        }
    }
}
