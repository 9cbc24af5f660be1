package org.netcachefs.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.netcachefs.daemon.config.Surroundings;
import org.netcachefs.daemon.control.ControlClient;
import org.netcachefs.daemon.control.DaemonFinder;
import org.netcachefs.it.harness.Figures;
import org.netcachefs.it.harness.Load;
import org.netcachefs.it.harness.MountedDaemon;
import org.netcachefs.it.harness.Pace;
import org.netcachefs.it.harness.Posix;
import org.netcachefs.it.harness.Scratch;

/** Promise: that the kernel is told to drop its pages shows nobody a wrong byte, and holds nobody up. */
class NoticesIT {
    private static final int PAGE = 4096;
    private static final List<String> FILES = List.of("read", "written", "mapped");

    private final Scratch scratch = Scratch.make("notices");
    private Path tree;
    private MountedDaemon daemon;

    private void mount(String... options) throws Exception {
        tree = scratch.folder("tree");
        daemon = MountedDaemon.mount(scratch, tree, "mount", "256M", options);
    }

    @AfterEach
    void cleanUp() throws Exception {
        scratch.close();
    }

    /** No zeros in it. */
    private static byte[] content(int from, int to) {
        byte[] bytes = new byte[to - from];
        for (int i = from; i < to; i++) {
            bytes[i - from] = (byte) (1 + (i * 31L + i / 251) % 255);
        }
        return bytes;
    }

    @Test
    void appendUpstream_seenByStat_isReadByWhoHasTheFileOpenAndMapped_neverZeros() throws Exception {
        mount("--acregmin", "0", "--acregmax", "0");
        int most = 1 << 20;
        Path behind = tree.resolve("log");
        Files.write(behind, content(0, 100));
        try (Posix.File open = Posix.open(daemon.path("log"), Posix.O_RDWR);
                Posix.Mapping mapping = open.map(0, most);
                Posix.File reader = Posix.open(daemon.path("log"), Posix.O_RDONLY)) {
            int size = 100;
            for (int round = 0; size < most - 3000; round++) {
                int larger = size + 1 + round * 7919 % 3000;
                Files.write(behind, content(size, larger), StandardOpenOption.APPEND);
                size = larger;
                assertThat(Files.size(daemon.path("log"))).isEqualTo(size);
                compare(mapping.read(0, size));
                for (Posix.File each : new Posix.File[] {open, reader}) {
                    byte[] read = each.read(0, most);
                    assertThat(read).hasSize(size);
                    compare(read);
                }
            }
        }
    }

    /** The kernel would believe the new size before it drops the page that held the old end; who reads just then must not see that. */
    @Test
    void appendUpstream_seenByStat_showsNobodyWhoReadsBesideItAZero() throws Exception {
        mount("--acregmin", "0", "--acregmax", "0");
        int most = 256 << 10;
        Path behind = tree.resolve("log");
        Files.write(behind, content(0, 100));
        AtomicInteger shown = new AtomicInteger(100);
        AtomicLong reads = new AtomicLong();
        try (Posix.File reader = Posix.open(daemon.path("log"), Posix.O_RDWR);
                Posix.Mapping mapping = reader.map(0, most);
                Load readers = Load.start(2, (worker, turn) -> {
                    byte[] read = reader.read(0, most);
                    compare(read);
                    reads.incrementAndGet();
                });
                Load mappers = Load.start(1, (worker, turn) -> compare(mapping.read(0, shown.get())))) {
            int size = 100;
            for (int round = 0; size < most - 600; round++) {
                int larger = size + 1 + round * 7919 % 600;
                Files.write(behind, content(size, larger), StandardOpenOption.APPEND);
                size = larger;
                assertThat(Files.size(daemon.path("log"))).isEqualTo(size);
                shown.set(size);
                Thread.sleep(1);
            }
            readers.stop();
            mappers.stop();
        }
        assertThat(reads.get()).isGreaterThan(100);
    }

    private static void compare(byte[] bytes) {
        int wrong = Arrays.mismatch(bytes, content(0, bytes.length));
        assertThat(wrong).as("first wrong of " + bytes.length).isEqualTo(-1);
    }

    /**
     * Each flush has the kernel drop a file's pages: those being read are waited for, and those that were changed written. Each has
     * a file of its own: see docs/design/0008, Left.
     */
    @Test
    void tenThousandNotices_duringReadsWritesAndMappedWrites_holdNobodyUp() throws Exception {
        mount();
        int size = 128 * PAGE;
        for (String name : FILES) {
            Files.write(tree.resolve(name), new byte[size]);
        }
        AtomicLong longest = new AtomicLong();
        AtomicInteger lastWritten = new AtomicInteger();
        AtomicInteger lastMapped = new AtomicInteger();
        try (Posix.File read = Posix.open(daemon.path("read"), Posix.O_RDONLY);
                FileChannel written =
                        FileChannel.open(daemon.path("written"), StandardOpenOption.READ, StandardOpenOption.WRITE);
                Posix.File mapped = Posix.open(daemon.path("mapped"), Posix.O_RDWR);
                Posix.Mapping mapping = mapped.map(0, size);
                Load readers = Load.start(2, timed(longest, (worker, turn) -> {
                    assertThat(read.read(0, size)).hasSize(size).containsOnly(0);
                }));
                Load writers = Load.start(1, timed(longest, (worker, turn) -> {
                    ByteBuffer page = ByteBuffer.allocate(PAGE).putInt(0, (int) turn);
                    long at = turn % 128 * PAGE;
                    assertThat(written.write(page, at)).isEqualTo(PAGE);
                    assertThat(written.read(page.clear(), at)).isEqualTo(PAGE);
                    assertThat(page.getInt(0)).isEqualTo((int) turn);
                    lastWritten.set((int) turn);
                }));
                Load mappers = Load.start(1, timed(longest, (worker, turn) -> {
                    byte[] number = ByteBuffer.allocate(4).putInt((int) turn).array();
                    int at = (int) (turn % 128 * PAGE);
                    mapping.write(at, number);
                    if (turn % 16 == 0) {
                        mapping.sync();
                    }
                    assertThat(mapping.read(at, 4)).isEqualTo(number);
                    lastMapped.set((int) turn);
                }))) {
            long started = System.nanoTime();
            flush(FILES, 10_000, readers, writers, mappers);
            Figures.note(String.format(
                    "10000 notices in %.1f s beside %d writes and %d mapped ones; the longest turn took %d ms",
                    (System.nanoTime() - started) / 1e9,
                    lastWritten.get(),
                    lastMapped.get(),
                    longest.get() / 1_000_000));
            readers.stop();
            writers.stop();
            mappers.stop();
            mapping.sync();
        }
        assertThat(lastWritten.get()).isGreaterThan(100);
        assertThat(lastMapped.get()).isGreaterThan(100);
        assertThat(upstream("written", lastWritten.get())).isEqualTo(lastWritten.get());
        assertThat(upstream("mapped", lastMapped.get())).isEqualTo(lastMapped.get());
        Pace.assertWithin("the longest turn", Duration.ofNanos(longest.get()), Duration.ofSeconds(5));
    }

    /** Without the kernel's pages, which is about the daemon alone. */
    @Test
    void flushes_duringDirectReadsAndWritesOfTheSameBytes_showEachWriterWhatItWrote() throws Exception {
        mount();
        int size = 128 * PAGE;
        Files.write(tree.resolve("written"), new byte[size]);
        try (Posix.File file = Posix.open(daemon.path("written"), Posix.O_RDWR | Posix.O_DIRECT);
                Load readers = Load.start(2, (worker, turn) -> {
                    assertThat(file.read(0, size)).hasSize(size);
                });
                Load writers = Load.start(2, (worker, turn) -> {
                    ByteBuffer page = ByteBuffer.allocateDirect(PAGE).putInt(0, (int) turn);
                    long at = (2 * (turn % 64) + worker) * PAGE;
                    file.write(page, at);
                    assertThat(file.read(page.clear(), at)).isEqualTo(PAGE);
                    assertThat(page.getInt(0)).isEqualTo((int) turn);
                })) {
            flush(List.of("written"), 3_000, readers, writers);
            readers.stop();
            writers.stop();
        }
    }

    /** What a turn wrote. */
    private int upstream(String name, int turn) throws Exception {
        return ByteBuffer.wrap(Files.readAllBytes(tree.resolve(name))).getInt(turn % 128 * PAGE);
    }

    private static Load.Turn timed(AtomicLong longest, Load.Turn turn) {
        return (worker, number) -> {
            long started = System.nanoTime();
            turn.run(worker, number);
            longest.accumulateAndGet(System.nanoTime() - started, Math::max);
        };
    }

    private void flush(List<String> files, int times, Load... loads) throws Exception {
        DaemonFinder.Found mount = new DaemonFinder(Surroundings.ofThisProcess())
                .holding(daemon.mountPoint().toString())
                .mount();
        JsonObject request = new JsonObject();
        request.addProperty("command", "flush");
        for (int i = 0; i < times && Arrays.stream(loads).noneMatch(Load::failed); i++) {
            request.addProperty("path", files.get(i % files.size()));
            ControlClient.ask(mount.socketOrRefuse(), request, Duration.ofSeconds(20));
        }
    }
}
