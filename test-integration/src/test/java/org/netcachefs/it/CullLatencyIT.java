package org.netcachefs.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
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
import org.netcachefs.it.harness.Scratch;
import org.netcachefs.it.harness.Trees;

/**
 * Promise: culling does not slow hits. A stream of new files at a server's pace is read through a cache that must cull for it and
 * through one with room for all of it, so that what differs is the culling; hits with no load at all are measured beside it.
 */
class CullLatencyIT {
    private static final long MIB = 1 << 20;
    private static final int ROUNDS = 5;
    private static final int FILES_A_ROUND = 16;
    private static final int FILES_BEFORE = 64;
    private static final long FILE = 4 * MIB;
    private static final int PAGE = 4096;
    private static final long BYTES_A_SECOND = 8 * MIB;
    private static final int IDLE_TURNS = 10;

    private final Scratch scratch = Scratch.make("cull-latency");
    private final Random random = new Random(1);

    @AfterEach
    void cleanUp() throws Exception {
        scratch.close();
    }

    @Test
    @Tag("long")
    @Tag("alone")
    void hits_whileCulling_areAboutAsFastAsUnderTheSameLoadWithout() throws Exception {
        Path tree = scratch.folder("tree");
        Trees.Made hot = Trees.file(tree, "hot", 1, 8 * MIB);
        List<Trees.Made> files = new ArrayList<>();
        for (int i = 0; i < FILES_BEFORE + ROUNDS * FILES_A_ROUND; i++) {
            files.add(Trees.file(tree, "f" + i, 100 + i, FILE));
        }
        MountedDaemon small =
                MountedDaemon.mount(scratch, tree, "small", "256M").browse();
        MountedDaemon roomy = MountedDaemon.mount(scratch, tree, "roomy", "2G").browse();
        for (MountedDaemon daemon : List.of(small, roomy)) { // the small one is full then
            for (Trees.Made file : files.subList(0, FILES_BEFORE)) {
                Content.verify(daemon.path(file.path()), file.seed(), file.size());
            }
            daemon.settle();
        }

        List<Double> toLoaded = new ArrayList<>();
        List<Double> toIdle = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            int first = FILES_BEFORE + round * FILES_A_ROUND;
            List<Trees.Made> fresh = files.subList(first, first + FILES_A_ROUND);
            double idle = idle(small, hot);
            double loaded = whileReading(roomy, hot, fresh);
            long culled = small.stat().number("cull.culled");
            double culling = whileReading(small, hot, fresh);
            assertThat(small.stat().number("cull.culled")).as("culling").isGreaterThan(culled);
            Figures.note(String.format(
                    "p99 of hits, us: %.0f idle, %.0f under load, %.0f culling",
                    idle / 1e3, loaded / 1e3, culling / 1e3));
            toLoaded.add(culling / loaded);
            toIdle.add(culling / idle);
        }
        assertThat(roomy.stat().number("cull.culled")).isZero();
        Figures.note(String.format(
                "p99 of hits while culling, median: %.2f times that under the same load, %.2f times idle",
                median(toLoaded), median(toIdle)));
        assertThat(median(toLoaded)).as("of the same load without culling").isLessThanOrEqualTo(1.5);
    }

    /** p99 in ns of hits while these files are read for the first time by one reader, at a steady pace. */
    private double whileReading(MountedDaemon daemon, Trees.Made hot, List<Trees.Made> files) throws Exception {
        Content.verify(daemon.path(hot.path()), hot.seed(), hot.size());
        long fetched = daemon.settle().number("upstream.read_bytes");
        List<Long> times = Collections.synchronizedList(new ArrayList<>());
        long started = System.nanoTime();
        Load reader = Load.start(1, files.size(), (worker, turn) -> {
            Trees.Made file = files.get((int) turn);
            long due = started + turn * FILE * 1_000_000_000 / BYTES_A_SECOND;
            Command.pause(Duration.ofNanos(Math.max(0, due - System.nanoTime())));
            Content.verify(daemon.path(file.path()), file.seed(), file.size());
        });
        try (Load hits = Load.start(1, (worker, turn) -> times.addAll(hits(daemon, hot)))) {
            reader.finish();
            hits.stop();
        }
        long more = daemon.settle().number("upstream.read_bytes") - fetched - files.size() * FILE;
        assertThat(more / PAGE)
                .as("reads of the hot file that were no hits, among " + times.size())
                .isLessThan(times.size() / 200);
        return percentile(times);
    }

    private double idle(MountedDaemon daemon, Trees.Made hot) throws Exception {
        Content.verify(daemon.path(hot.path()), hot.seed(), hot.size());
        daemon.settle();
        List<Long> times = new ArrayList<>();
        for (int turn = 0; turn < IDLE_TURNS; turn++) {
            times.addAll(hits(daemon, hot));
        }
        return percentile(times);
    }

    private List<Long> hits(MountedDaemon daemon, Trees.Made hot) throws Exception {
        List<Long> times = new ArrayList<>();
        ByteBuffer to = ByteBuffer.allocateDirect(PAGE);
        try (Posix.File file = Posix.openDirect(daemon.path(hot.path()))) {
            for (int i = 0; i < 500; i++) {
                long at = random.nextLong(hot.size() / PAGE) * PAGE;
                to.clear();
                long started = System.nanoTime();
                file.read(to, at);
                times.add(System.nanoTime() - started);
            }
        }
        return times;
    }

    private static double percentile(List<Long> times) {
        List<Long> sorted = new ArrayList<>(times);
        Collections.sort(sorted);
        return sorted.get(sorted.size() * 99 / 100);
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }
}
