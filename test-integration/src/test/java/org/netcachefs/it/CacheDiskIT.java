package org.netcachefs.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.netcachefs.it.harness.Command;
import org.netcachefs.it.harness.Content;
import org.netcachefs.it.harness.Figures;
import org.netcachefs.it.harness.Load;
import org.netcachefs.it.harness.MountedDaemon;
import org.netcachefs.it.harness.Pace;
import org.netcachefs.it.harness.Posix;
import org.netcachefs.it.harness.Scratch;
import org.netcachefs.it.harness.Stat;
import org.netcachefs.it.harness.TestUpstream;
import org.netcachefs.it.harness.Trees;

/** Promise: the mount outlives its cache: a disk that hangs, fails or is full makes reads slower, never wrong, and is used again when it is back. */
class CacheDiskIT {
    private final Scratch scratch = Scratch.make("disk");
    private Path tree;
    private List<Trees.Made> files;
    private TestUpstream disk;
    private MountedDaemon daemon;

    @BeforeEach
    void mountWithCacheOnAFaultyDisk() throws Exception {
        tree = scratch.folder("tree");
        files = Trees.make(tree, 300);
        disk = TestUpstream.show(scratch, scratch.folder("disk-backing"), "disk");
        daemon = MountedDaemon.mount(
                        scratch,
                        tree,
                        "mount",
                        "256M",
                        "--cache",
                        disk.mountPoint().resolve("cache").toString(),
                        "--force",
                        "--acregmin=1s",
                        "--acregmax=1s", // what was first seen while the disk was away is soon asked for again
                        "--acdirmin=1s",
                        "--acdirmax=1s")
                .browse();
        for (Trees.Made file : files.subList(0, 150)) {
            verify(file);
        }
        Stat healthy = daemon.settle();
        assertThat(healthy.text("cache.health"))
                .as(healthy.text("cache.health_reason"))
                .isEqualTo("HEALTHY");
    }

    @AfterEach
    void cleanUp() throws Exception {
        disk.release();
        disk.error("none");
        scratch.close();
    }

    /** Past the kernel's page cache, so that each read comes to the daemon. */
    private void verify(Trees.Made file) throws Exception {
        Path path = daemon.path(file.path());
        try (Posix.File open = Posix.openDirect(path)) {
            Content.verify(open, path, file.seed(), file.size());
        }
    }

    private void list(Trees.Made file) throws Exception {
        Path path = daemon.path(file.path());
        assertThat(Files.size(path)).isEqualTo(file.size());
        try (Stream<Path> siblings = Files.list(path.getParent())) {
            assertThat(siblings).contains(path);
        }
    }

    private interface Body {
        void run() throws Exception;
    }

    private static long nanosOf(Body body) throws Exception {
        long started = System.nanoTime();
        body.run();
        return System.nanoTime() - started;
    }

    @Test
    void diskThatHangs_leavesReadsGoingOn() throws Exception {
        faulty(disk::hang, disk::release, Duration.ofSeconds(8));
    }

    @Test
    @Tag("long")
    void diskThatHangsForThirtySeconds_leavesReadsGoingOn() throws Exception {
        faulty(disk::hang, disk::release, Duration.ofSeconds(30));
    }

    @Test
    void diskThatFails_leavesReadsGoingOn() throws Exception {
        faulty(() -> disk.error("EIO"), () -> disk.error("none"), Duration.ofSeconds(4));
    }

    @Test
    void diskThatIsFull_leavesReadsGoingOn() throws Exception {
        faulty(() -> disk.writeError("ENOSPC"), () -> disk.writeError("none"), Duration.ofSeconds(4));
    }

    @Test
    void diskThatIsFull_goesOnServingWhatIsCached() throws Exception {
        daemon.remount(); // all is durable: what is not yet when a sync fails is not served
        disk.writeError("ENOSPC");
        verify(files.get(200));
        MountedDaemon.await(
                "health to say so", () -> daemon.stat().text("cache.health").equals("DEGRADED"));
        Command.pause(Duration.ofSeconds(3)); // it was tried to write again, and to open the index anew
        long before = daemon.stat().number("upstream.read_bytes");
        for (Trees.Made file : files.subList(0, 150)) {
            verify(file);
        }
        assertThat(daemon.stat().number("upstream.read_bytes")).isEqualTo(before);
        assertThat(daemon.stat().text("cache.health")).isEqualTo("DEGRADED");
        disk.writeError("none");
        MountedDaemon.await("the cache to be filled again", this::isAllCached);
    }

    /** After a new start nothing of the index is in memory: names, attributes and opens need its disk. */
    @Test
    void indexThatHangs_leavesNamesAndOpensGoingOn() throws Exception {
        daemon.remount();
        faulty(disk::hang, disk::release, Duration.ofSeconds(4));
    }

    private void faulty(Runnable breakIt, Runnable mendIt, Duration broken) throws Exception {
        AtomicLong longest = new AtomicLong();
        try (Load load = Load.start(4, (worker, turn) -> {
            Trees.Made file = files.get((int) ((turn * 4 + worker) % files.size()));
            longest.accumulateAndGet(nanosOf(() -> list(file)), Math::max);
            longest.accumulateAndGet(nanosOf(() -> verify(file)), Math::max);
        })) {
            breakIt.run();
            MountedDaemon.await(
                    "health to say so",
                    () -> !daemon.stat().text("cache.health").equals("HEALTHY"));
            assertThat(daemon.stat().text("cache.health_reason")).isNotBlank();
            Command.pause(broken);
            assertThat(load.failed()).isFalse();
            mendIt.run();
            MountedDaemon.await(
                    "health to come back",
                    () -> daemon.stat().text("cache.health").equals("HEALTHY"));
            load.stop();
        }
        Figures.note("disk: longest read or listing " + longest.get() / 1_000_000 + " ms");
        Pace.assertWithin("the longest read or listing", Duration.ofNanos(longest.get()), Duration.ofSeconds(3));
        MountedDaemon.await("the cache to be used again", this::isAllCached);
    }

    private boolean isAllCached() throws Exception {
        long before = daemon.settle().number("upstream.read_bytes");
        for (Trees.Made file : files) {
            verify(file);
        }
        return daemon.stat().number("upstream.read_bytes") == before;
    }
}
