package org.netcachefs.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.netcachefs.it.harness.Content;
import org.netcachefs.it.harness.MountedDaemon;
import org.netcachefs.it.harness.Posix;
import org.netcachefs.it.harness.Scratch;
import org.netcachefs.it.harness.TestUpstream;

/** Promise: close-to-open. Whoever opens a file after upstream changed it reads what is there now, whatever upstream's clock shows. */
class CoherencyIT {
    private static final int SHORT = 60;
    private static final int LONG = 1000;

    private final Scratch scratch = Scratch.make("coherency");

    @AfterEach
    void cleanUp() throws Exception {
        scratch.close();
    }

    /** How a file is changed behind the mount's back. */
    private enum Change {
        /** Other bytes of the same size in place, and the time of modification set back. */
        OVERWRITE {
            @Override
            void make(Path file, long seed) throws IOException {
                FileTime before = Files.getLastModifiedTime(file);
                write(file, Content.bytes(seed, 0, (int) Files.size(file)), StandardOpenOption.WRITE);
                Files.setLastModifiedTime(file, before);
            }
        },
        TRUNCATE {
            @Override
            void make(Path file, long seed) throws IOException {
                long size = 1 + (Files.size(file) + seed * 7919) % 40_000;
                write(
                        file,
                        Content.bytes(seed, 0, (int) size),
                        StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING);
            }
        },
        APPEND {
            @Override
            void make(Path file, long seed) throws IOException {
                write(file, Content.bytes(seed, 0, 100), StandardOpenOption.APPEND);
            }
        },
        RENAME_OVER {
            @Override
            void make(Path file, long seed) throws IOException {
                Path other = file.resolveSibling("other");
                write(
                        other,
                        Content.bytes(seed, 0, (int) Files.size(file)),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
                Files.setLastModifiedTime(other, Files.getLastModifiedTime(file));
                Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
            }
        },
        RECREATE {
            @Override
            void make(Path file, long seed) throws IOException {
                byte[] bytes = Content.bytes(seed, 0, (int) Files.size(file));
                Files.delete(file);
                write(file, bytes, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            }
        };

        abstract void make(Path file, long seed) throws IOException;

        static void write(Path file, byte[] bytes, StandardOpenOption... how) throws IOException {
            Files.write(file, bytes, how);
        }
    }

    @Test
    void changesOfALocalTree_areReadAtTheNextOpen() throws Exception {
        local(SHORT);
    }

    @Test
    @Tag("long")
    void changesOfALocalTree_areReadAtTheNextOpen_aThousandTimes() throws Exception {
        local(LONG);
    }

    private void local(int repeats) throws Exception {
        Path tree = scratch.folder("tree");
        for (Change change : Change.values()) {
            Content.write(tree.resolve(change.name()), 1, 30_000);
        }
        MountedDaemon daemon = MountedDaemon.mount(scratch, tree, "mount", "256M");
        for (Change change : Change.values()) {
            repeat(change, tree.resolve(change.name()), daemon.path(change.name()), repeats);
        }
    }

    @Test
    void changesBehindACoarseClock_areReadAtTheNextOpen() throws Exception {
        clocks(SHORT);
    }

    @Test
    @Tag("long")
    void changesBehindACoarseClock_areReadAtTheNextOpen_aThousandTimes() throws Exception {
        clocks(LONG);
    }

    private void clocks(int repeats) throws Exception {
        Path tree = scratch.folder("tree");
        for (Change change : Change.values()) {
            Content.write(tree.resolve(change.name()), 1, 30_000);
        }
        TestUpstream upstream = TestUpstream.show(scratch, tree, "upstream");
        MountedDaemon daemon = MountedDaemon.mount(scratch, upstream.mountPoint(), "mount", "256M");
        Duration[][] clocks = {
            {Duration.ofMillis(4), Duration.ZERO},
            {Duration.ofSeconds(1), Duration.ZERO},
            {Duration.ofSeconds(2), Duration.ZERO},
            {Duration.ofNanos(1), Duration.ofSeconds(30)},
            {Duration.ofNanos(1), Duration.ofSeconds(-30)},
            {Duration.ofSeconds(1), Duration.ofSeconds(-30)},
        };
        for (Duration[] clock : clocks) {
            upstream.clock(clock[0], clock[1]);
            for (Change change : Change.values()) {
                repeat(change, tree.resolve(change.name()), daemon.path(change.name()), repeats);
            }
        }
    }

    /** One reader that reopens after each change; a second that never closes keeps the node busy. */
    private static void repeat(Change change, Path behind, Path mounted, int repeats) throws IOException {
        Content.write(behind, 1, 30_000);
        try (Posix.File held = Posix.open(mounted, Posix.O_RDONLY)) {
            held.read(0, 4096);
            for (int i = 0; i < repeats; i++) {
                change.make(behind, i + 2);
                byte[] expected = Files.readAllBytes(behind);
                byte[] got = Files.readAllBytes(mounted);
                assertThat(Arrays.equals(got, expected))
                        .as(() -> change + ": got " + told(got) + ", not " + told(expected))
                        .isTrue();
            }
        }
    }

    /** Which version, by its first bytes, and how long. */
    private static String told(byte[] bytes) {
        for (long seed = 0; seed <= LONG + 2; seed++) {
            byte[] first = Content.bytes(seed, 0, Math.min(8, bytes.length));
            if (Arrays.equals(first, Arrays.copyOf(bytes, first.length))) {
                return bytes.length + " bytes of version " + seed;
            }
        }
        return bytes.length + " bytes of no version";
    }

    @Test
    void changesWhileUnmounted_areReadAfterwards() throws Exception {
        Path tree = scratch.folder("tree");
        for (Change change : Change.values()) {
            Content.write(tree.resolve(change.name()), 1, 300_000);
            Files.setLastModifiedTime(tree.resolve(change.name()), FileTime.fromMillis(1_500_000_000_000L));
        }
        MountedDaemon daemon = MountedDaemon.mount(scratch, tree, "mount", "256M");
        assertSame(tree, daemon);
        daemon.umount();
        for (Change change : Change.values()) {
            change.make(tree.resolve(change.name()), 99);
        }
        daemon.start();
        assertSame(tree, daemon);
    }

    private static void assertSame(Path tree, MountedDaemon daemon) throws IOException {
        try (Stream<Path> files = Files.list(tree)) {
            for (Path file : files.toList()) {
                assertThat(Files.mismatch(file, daemon.path(file.getFileName().toString())))
                        .as(file.getFileName().toString())
                        .isEqualTo(-1);
            }
        }
    }

    /** Readers check that what they read is one version of the file, whole, and never older than when they opened it. */
    @Test
    void readersThatReopenDuringChanges_neverSeeAnOlderVersion() throws Exception {
        Path tree = scratch.folder("tree");
        Path behind = tree.resolve("file");
        Content.write(behind, 0, 20_000);
        MountedDaemon daemon = MountedDaemon.mount(scratch, tree, "mount", "256M");
        Random random = new Random(3);
        for (int i = 1; i <= 150; i++) {
            Path next = tree.resolve("next");
            Content.write(next, i, 20_000);
            Files.move(next, behind, StandardCopyOption.ATOMIC_MOVE);
            int version = i;
            byte[] got = Files.readAllBytes(daemon.path("file"));
            assertThat(Content.mismatch(version, 0, got))
                    .as("version " + version)
                    .isEqualTo(-1);
            if (random.nextInt(10) == 0) {
                Files.readAllBytes(daemon.path("file"));
            }
        }
    }
}
