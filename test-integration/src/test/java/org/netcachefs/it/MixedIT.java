package org.netcachefs.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.netcachefs.it.harness.Command;
import org.netcachefs.it.harness.Figures;
import org.netcachefs.it.harness.MountedDaemon;
import org.netcachefs.it.harness.Scratch;
import org.netcachefs.it.harness.Stat;
import org.netcachefs.it.mixed.Mixed;

/**
 * Promise: however much is done, nothing of it is left in the daemon: memory (but for the index's, of 32 MiB at most), descriptors, nodes, handles, holds. {@code -Dnetcachefs.mixed=10000000} does that many
 * in the long form.
 */
class MixedIT {
    private static final int THREADS = 8;
    private static final long MIB = 1 << 20;
    /** The heap moves by as much between two moments of rest. */
    private static final long BREATH = 24 * MIB;
    /** Of what the index keeps of its rows and tables, which it takes millions of operations to reach. */
    private static final long MOST_OF_INDEX = 32 * MIB;

    private static final List<String> EXACT =
            List.of("nodes", "nodes_referred", "handles", "holds", "buffers_used_bytes");

    private final Scratch scratch = Scratch.make("mixed");
    private MountedDaemon daemon;

    @AfterEach
    void cleanUp() throws Exception {
        scratch.close();
    }

    @Test
    void aHundredThousandMixedOperations_leaveNothingBehind() throws Exception {
        mixed(20_000, 100_000);
    }

    @Test
    @Tag("long")
    @Tag("alone")
    void millionsOfMixedOperations_leaveNothingBehind() throws Exception {
        mixed(1_000_000, Long.getLong("netcachefs.mixed", 2_000_000));
    }

    private void mixed(long warmUp, long operations) throws Exception {
        Path tree = scratch.folder("tree");
        daemon = MountedDaemon.mount(scratch, tree, "mount", "512M");
        Mixed mixed = new Mixed(daemon.mountPoint(), THREADS);
        mixed.run(warmUp);
        Rest before = rest(null);
        double rate = mixed.run(operations);
        Rest after = rest(before);
        Figures.note(String.format(
                "mixed: %d operations by %d threads, %.0f a second, %s; at rest before %s, after %s",
                operations, THREADS, rate, mixed, before, after));

        for (Mixed.Operation operation : Mixed.Operation.values()) {
            assertThat(mixed.share(operation)).as(operation.name()).isGreaterThanOrEqualTo(0.1);
        }
        for (String gauge : EXACT) {
            assertThat(after.gauge(gauge)).as(gauge).isEqualTo(before.gauge(gauge));
        }
        assertThat(after.gauge("fds")).as("fds").isLessThanOrEqualTo(before.gauge("fds"));
        assertThat(after.descriptors).as("descriptors of the process").isLessThanOrEqualTo(before.descriptors);
        assertThat(after.indexMemory()).as("memory of the index").isLessThanOrEqualTo(MOST_OF_INDEX);
        assertThat(after.memory()).as("anonymous memory").isLessThan(before.memory() + BREATH);
        mixed.removeFolders();
        try (Stream<Path> left = Files.list(tree)) {
            assertThat(left).isEmpty();
        }
    }

    /** What the daemon holds while nobody asks it anything. */
    private record Rest(Stat stat, long descriptors) {
        long gauge(String name) {
            return stat.number("gauges." + name);
        }

        /** Anonymous, but for the index's. */
        long memory() {
            return gauge("rss_bytes") - indexMemory();
        }

        long indexMemory() {
            return stat.number("cache.index_memory_bytes");
        }

        boolean isBackAt(Rest before) {
            return descriptors <= before.descriptors
                    && gauge("fds") <= before.gauge("fds") // the two are not counted at one moment
                    && EXACT.stream().allMatch(gauge -> gauge(gauge) == before.gauge(gauge));
        }

        @Override
        public String toString() {
            return stat.json().get("gauges") + ", " + memory() + " bytes of memory beside the " + indexMemory()
                    + " of the index, and " + descriptors + " descriptors";
        }
    }

    /** Once nothing is under way, and no more is held than {@code before}, or than two seconds ago, or half a minute has passed. */
    private Rest rest(Rest before) throws IOException {
        MountedDaemon.await(
                "upstream to have answered all", () -> daemon.settle().number("gauges.upstream_calls") == 0);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        Rest now = now();
        Rest last;
        do {
            last = before == null ? now : before;
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(2));
            now = now();
        } while (!now.isBackAt(last) && System.nanoTime() < end); // what is too much then is told by name
        return now;
    }

    /** The index has as many files open as it consists of. */
    private boolean isOutsideTheCache(Path descriptor) {
        try {
            return !Files.readSymbolicLink(descriptor).startsWith(daemon.cache());
        } catch (IOException e) {
            return false; // closed meanwhile
        }
    }

    /** Right after a collection of garbage. */
    private Rest now() throws IOException {
        String pid = Long.toString(daemon.pid());
        Command.run(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), pid, "GC.run"))
                .expect(0);
        try (Stream<Path> descriptors = Files.list(Path.of("/proc", pid, "fd"))) {
            return new Rest(
                    daemon.stat(), descriptors.filter(this::isOutsideTheCache).count());
        }
    }
}
