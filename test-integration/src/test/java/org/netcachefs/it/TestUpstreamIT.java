package org.netcachefs.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.netcachefs.it.harness.Content;
import org.netcachefs.it.harness.Scratch;
import org.netcachefs.it.harness.TestUpstream;
import org.netcachefs.it.harness.Trees;

/** The test upstream does what the other tests rely on. */
class TestUpstreamIT {
    private final Scratch scratch = Scratch.make("upstream");
    private Path tree;
    private TestUpstream upstream;

    @BeforeEach
    void show() throws Exception {
        tree = scratch.folder("tree");
        upstream = TestUpstream.show(scratch, tree, "upstream");
    }

    @AfterEach
    void cleanUp() throws Exception {
        upstream.release();
        scratch.close();
    }

    @Test
    void showsTheFolder_andCountsEachReadOfData() throws Exception {
        Trees.make(tree, 30);
        Trees.oddities(tree);
        long bytes = Trees.assertSame(tree, upstream.mountPoint());
        assertThat(upstream.count().bytes()).isEqualTo(bytes);
        upstream.reset();
        Files.readAllBytes(upstream.mountPoint().resolve("d0/f13"));
        Files.readAllBytes(upstream.mountPoint().resolve("d0/f13"));
        assertThat(upstream.count().bytes()).isEqualTo(2 * 524_288);
        assertThat(upstream.count().bytesOf("d0/f13")).isEqualTo(2 * 524_288);
    }

    @Test
    void hangs_untilReleased() throws Exception {
        Trees.file(tree, "file", 1, 5000);
        upstream.hang();
        CompletableFuture<byte[]> read = CompletableFuture.supplyAsync(() -> {
            try {
                return Files.readAllBytes(upstream.mountPoint().resolve("file"));
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        assertThatThrownBy(() -> read.get(500, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        assertThat(upstream.count().parked()).isPositive();
        upstream.release();
        assertThat(read.get(5, TimeUnit.SECONDS)).isEqualTo(Content.bytes(1, 0, 5000));
    }

    @Test
    void showsTheTimesOfAPoorClock() throws Exception {
        Trees.file(tree, "file", 1, 5000);
        FileTime time = FileTime.from(1_600_000_001_234_567_891L, TimeUnit.NANOSECONDS);
        Files.setLastModifiedTime(tree.resolve("file"), time);
        Path shown = upstream.mountPoint().resolve("file");
        assertThat(Files.getLastModifiedTime(shown)).isEqualTo(time);
        upstream.clock(Duration.ofSeconds(2), Duration.ofSeconds(-30));
        assertThat(Files.getLastModifiedTime(shown).toMillis()).isEqualTo(1_599_999_970_000L);
    }

    @Test
    void fails_andAnswersShort_whenTold() throws Exception {
        Trees.file(tree, "file", 1, 5000);
        Path shown = upstream.mountPoint().resolve("file");
        upstream.longestRead(100);
        assertThat(Files.readAllBytes(shown)).isEqualTo(Content.bytes(1, 0, 5000));
        assertThat(upstream.count().reads()).isGreaterThanOrEqualTo(50);
        upstream.error("EIO");
        assertThatThrownBy(() -> Files.readAllBytes(shown)).hasMessageContaining("Input/output");
        upstream.error("none");
        assertThat(Files.readAllBytes(shown)).hasSize(5000);
    }

    @Test
    void canBeWrittenThrough() throws Exception {
        Path there = upstream.mountPoint();
        Files.createDirectories(there.resolve("a/b"));
        Content.write(there.resolve("a/b/file"), 3, 300_000);
        Files.move(there.resolve("a/b/file"), there.resolve("a/moved"));
        Content.verify(tree.resolve("a/moved"), 3, 300_000);
        Files.delete(there.resolve("a/moved"));
        assertThat(tree.resolve("a/moved")).doesNotExist();
        upstream.writeError("ENOSPC");
        assertThatThrownBy(() -> Files.writeString(there.resolve("b"), "x")).hasMessageContaining("No space");
    }
}
