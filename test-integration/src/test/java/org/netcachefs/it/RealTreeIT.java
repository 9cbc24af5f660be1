package org.netcachefs.it;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.netcachefs.it.harness.Command;
import org.netcachefs.it.harness.Content;
import org.netcachefs.it.harness.MemoryWatch;
import org.netcachefs.it.harness.MountedDaemon;
import org.netcachefs.it.harness.Posix;
import org.netcachefs.it.harness.Scratch;
import org.netcachefs.it.harness.Stat;
import org.netcachefs.it.harness.TestUpstream;
import org.netcachefs.it.harness.Trees;

/** Promise: what is read once is read from the cache afterwards, also after a restart: 0 bytes of file data from upstream. */
class RealTreeIT {
    private static final long GIB = 1L << 30;

    private final Scratch scratch = Scratch.make("real");

    @AfterEach
    void cleanUp() throws Exception {
        scratch.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"kernel", "libfuse"})
    void treeOfOddNamesAndSizes_readTwiceAndAfterRestart_isTheSameAndReadsUpstreamOnce(String transport)
            throws Exception {
        Path tree = scratch.folder("tree");
        Trees.make(tree, 600);
        Trees.oddities(tree);
        TestUpstream upstream = TestUpstream.show(scratch, tree, "upstream");
        MountedDaemon daemon = MountedDaemon.mount(
                        scratch, upstream.mountPoint(), "mount", "1G", "--transport", transport)
                .browse();

        long bytes = Trees.assertSame(tree, daemon.mountPoint());

        assertThat(upstream.count().bytes()).as("the counting upstream works").isBetween(bytes - 70_000, bytes * 5 / 4);
        assertReadsNothing(upstream, daemon, tree);
        daemon.remount();
        assertReadsNothing(upstream, daemon, tree);
    }

    private void assertReadsNothing(TestUpstream upstream, MountedDaemon daemon, Path tree) throws Exception {
        daemon.settle();
        upstream.reset();
        long before = daemon.stat().number("upstream.read_bytes");
        dropPages(daemon.mountPoint());
        Trees.assertSame(tree, daemon.mountPoint());
        assertThat(daemon.stat().number("upstream.read_bytes") - before).isZero();
        assertThat(daemon.stat().number("fills.dropped_bytes")).isZero();
        assertThat(upstream.count().bytes())
                .as(() -> "read again: " + upstream.count().files())
                .isZero();
    }

    @Test
    void randomReads_ofACachedFile_askNeitherUpstreamNorTheIndex() throws Exception {
        Path tree = scratch.folder("tree");
        Trees.Made made = Trees.file(tree, "file", 5, 8 << 20);
        MountedDaemon daemon =
                MountedDaemon.mount(scratch, tree, "mount", "256M").browse();
        Content.verify(daemon.path("file"), made.seed(), made.size());
        daemon.settle();
        Random random = new Random(1);
        try (Posix.File file = Posix.openDirect(daemon.path("file"))) {
            MountedDaemon.await("what is cached to be on disk and compared", () -> {
                long lookups = daemon.stat().number("cache.index_lookups");
                file.read(0, (int) made.size());
                return daemon.stat().number("cache.index_lookups") == lookups;
            });
            Stat before = daemon.settle();
            for (int i = 0; i < 1000; i++) {
                assertThat(file.read(random.nextLong(made.size() / 4096) * 4096, 4096))
                        .hasSize(4096);
            }
            Stat after = daemon.stat();
            assertThat(after.number("reads.requests") - before.number("reads.requests"))
                    .isEqualTo(1000);
            for (String counter : List.of("upstream.read_bytes", "cache.index_lookups")) {
                assertThat(after.number(counter)).as(counter).isEqualTo(before.number(counter));
            }
        }
    }

    @Test
    @Tag("long")
    void realTree_ofTenThousandFilesAndAGibibyteAndOneAbove4GiB_readsUpstreamOnce() throws Exception {
        Path tree = realTree();
        Trees.sparse(tree.resolve("sparse"), 4 * GIB + 12_345);
        TestUpstream upstream = TestUpstream.show(scratch, tree, "upstream");
        MountedDaemon daemon = MountedDaemon.mount(scratch, upstream.mountPoint(), "mount", "9G")
                .browse();
        MemoryWatch memory = MemoryWatch.of(scratch, daemon);

        assertThat(sumAndCompare(tree, daemon.mountPoint())).isGreaterThanOrEqualTo(10_000);
        for (int pass = 2; pass <= 3; pass++) {
            daemon.settle();
            upstream.reset();
            long before = daemon.stat().number("upstream.read_bytes");
            dropPages(daemon.mountPoint());
            sumAndCompare(tree, daemon.mountPoint());
            assertThat(daemon.stat().number("upstream.read_bytes") - before)
                    .as("pass " + pass)
                    .isZero();
            assertThat(upstream.count().bytes()).as("pass " + pass).isZero();
            assertThat(daemon.stat().number("fills.dropped_bytes")).isZero();
            daemon.remount();
            memory.alsoNow(daemon);
        }
        memory.assertBounded("three passes over a real tree");
    }

    /** Hard links to (or copies of) the JDKs, the local Maven repository and documentation of this machine. */
    private Path realTree() throws IOException {
        Path tree = scratch.folder("tree");
        for (String source :
                List.of("/usr/lib/jvm", System.getProperty("user.home") + "/.m2", "/usr/include", "/usr/share")) {
            Path from = Path.of(source);
            if (Files.isDirectory(from) && !isLarge(tree)) {
                String to = tree.resolve(source.substring(1).replace('/', '-')).toString();
                Command.run(List.of(
                        "sh", "-c", "cp -al \"$1\" \"$2\" 2>/dev/null || cp -a \"$1\" \"$2\"", "sh", source, to));
            }
        }
        return tree;
    }

    private static boolean isLarge(Path tree) throws IOException {
        long[] filesAndBytes = new long[2];
        try (Stream<Path> all = Files.walk(tree)) {
            for (Path file : (Iterable<Path>) all.filter(path -> Files.isRegularFile(path, NOFOLLOW_LINKS))::iterator) {
                filesAndBytes[0]++;
                filesAndBytes[1] += Files.size(file);
            }
        }
        return filesAndBytes[0] >= 10_000 && filesAndBytes[1] >= GIB;
    }

    /** diff -r of both trees, and their checksums; returns the number of regular files. */
    private static long sumAndCompare(Path tree, Path mount) throws IOException {
        Command.run(
                        List.of("diff", "-rq", "--no-dereference", tree.toString(), mount.toString()),
                        java.util.Map.of(),
                        java.time.Duration.ofMinutes(10))
                .expect(0);
        try (Stream<Path> files = Files.walk(mount)) {
            return files.filter(Files::isRegularFile).count();
        }
    }

    private static void dropPages(Path mount) throws IOException {
        try (Stream<Path> files = Files.walk(mount)) {
            for (Path file :
                    (Iterable<Path>) files.filter(path -> Files.isRegularFile(path, NOFOLLOW_LINKS))::iterator) {
                try (Posix.File open = Posix.open(file, Posix.O_RDONLY)) {
                    open.dropPages();
                }
            }
        }
    }
}
