package org.netcachefs.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.netcachefs.it.harness.Command;
import org.netcachefs.it.harness.Content;
import org.netcachefs.it.harness.Figures;
import org.netcachefs.it.harness.MountedDaemon;
import org.netcachefs.it.harness.Scratch;
import org.netcachefs.it.harness.TestUpstream;
import org.netcachefs.it.harness.Trees;

/** Promise: writing through the mount is about as fast as writing upstream itself, and what was written is in the cache. */
class WriteSpeedIT {
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Scratch scratch = Scratch.make("write-speed");

    @AfterEach
    void cleanUp() throws Exception {
        scratch.close();
    }

    /** Seconds. */
    private static double seconds(String script, Path... arguments) {
        List<String> command = new ArrayList<>(List.of("sh", "-ec", script, "sh"));
        for (Path argument : arguments) {
            command.add(argument.toString());
        }
        return Command.run(command, Map.of(), PATIENCE).expect(0).took().toNanos() / 1e9;
    }

    private interface Way {
        double seconds(int round) throws Exception;
    }

    /** The median of how fast one way is, of another, both in each round, in alternating order. */
    private static double ratio(String what, int rounds, Way upstream, Way mount) throws Exception {
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            boolean first = round % 2 == 0;
            double early = first ? upstream.seconds(round) : mount.seconds(round);
            double late = first ? mount.seconds(round) : upstream.seconds(round);
            double direct = first ? early : late;
            double through = first ? late : early;
            Figures.note(String.format("%s: %.2f s upstream, %.2f s through the mount", what, direct, through));
            ratios.add(direct / through);
        }
        double median = ratios.stream().sorted().toList().get(rounds / 2);
        Figures.note(String.format("%s: %.2f times as fast as upstream, median of %d rounds", what, median, rounds));
        return median;
    }

    @Test
    void whatWasWritten_isReadBackFromTheCache() throws Exception {
        Path tree = scratch.folder("tree");
        TestUpstream upstream = TestUpstream.show(scratch, tree, "upstream");
        MountedDaemon daemon = MountedDaemon.mount(scratch, upstream.mountPoint(), "mount", "256M");
        for (int i = 0; i < 40; i++) {
            Content.write(daemon.path("f" + i), i, 1 + i * i * 4_096L + i);
        }
        assertThat(daemon.settle().number("fills.dropped_bytes")).isZero();
        upstream.reset();
        for (int i = 0; i < 40; i++) {
            Content.verify(daemon.path("f" + i), i, 1 + i * i * 4_096L + i);
            Content.verify(tree.resolve("f" + i), i, 1 + i * i * 4_096L + i);
        }
        assertThat(upstream.count().bytes()).as("read from upstream").isZero();
    }

    @Test
    @Tag("long")
    void twoGibibytesWithFsync_areWrittenAboutAsFastAsUpstream() throws Exception {
        Path tree = scratch.folder("tree");
        MountedDaemon daemon = MountedDaemon.mount(scratch, tree, "mount", "6G");
        String write = "dd if=/dev/zero of=\"$1\" bs=1M count=2048 conv=fsync status=none; rm \"$1\"; sync";
        double ratio = ratio(
                "2 GiB with fsync",
                5,
                round -> seconds(write, tree.resolve("direct")),
                round -> seconds(write, daemon.path("through")));
        assertThat(ratio).isGreaterThanOrEqualTo(0.9);
    }

    /** Each request to upstream takes a millisecond, and its kernel remembers attributes, as a network file system's does. */
    @Test
    @Tag("long")
    void tenThousandFiles_areUnpackedAboutAsFastAsUpstream() throws Exception {
        Path tree = scratch.folder("tree");
        TestUpstream upstream = TestUpstream.showRemembering(scratch, tree, "upstream");
        MountedDaemon daemon = MountedDaemon.mount(scratch, upstream.mountPoint(), "mount", "1G");
        Path archive = archive(2_000);
        upstream.delay(Duration.ofMillis(1));
        double ratio = ratio(
                "tar x of 2,000 files",
                5,
                round -> unpack(upstream, archive, upstream.mountPoint().resolve("direct" + round)),
                round -> unpack(upstream, archive, daemon.path("through" + round)));
        upstream.delay(Duration.ZERO);
        Trees.assertSame(tree.resolve("direct0"), daemon.path("through0"));
        assertThat(ratio).isGreaterThanOrEqualTo(0.8);
    }

    private static double unpack(TestUpstream upstream, Path archive, Path to) {
        upstream.reset();
        double seconds = seconds("mkdir \"$2\"; tar xf \"$1\" -C \"$2\"", archive, to);
        Figures.note("tar x into " + to.getFileName() + ": " + upstream.count().requests() + " requests");
        return seconds;
    }

    private Path archive(int files) throws Exception {
        Path source = scratch.folder("source");
        for (int i = 0; i < files; i++) {
            Content.write(
                    Files.createDirectories(source.resolve("d" + i % 20)).resolve("f" + i), i, 500 + i * 7L % 9000);
        }
        Path archive = scratch.directory().resolve("archive.tar");
        Command.run(List.of("tar", "cf", archive.toString(), "-C", source.toString(), "."))
                .expect(0);
        return archive;
    }
}
