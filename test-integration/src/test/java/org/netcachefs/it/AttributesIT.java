package org.netcachefs.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.netcachefs.it.harness.Command;
import org.netcachefs.it.harness.MountedDaemon;
import org.netcachefs.it.harness.Posix;
import org.netcachefs.it.harness.Scratch;

/** Promise: what the kernel remembers of a file's attributes is not shown after an open that found others, nor after a change through the mount. */
class AttributesIT {
    private static final boolean NOTIFIED =
            !System.getProperty("netcachefs.transport", "kernel").equals("libfuse");

    private final Scratch scratch = Scratch.make("attributes");
    private Path behind;
    private Path file;
    private MountedDaemon daemon;

    @BeforeEach
    void setUp() throws Exception {
        behind = scratch.folder("tree").resolve("file");
        Files.write(behind, "a few bytes of text".getBytes(UTF_8));
    }

    private void mount(String... options) throws Exception {
        daemon = MountedDaemon.mount(scratch, behind.getParent(), "mount", "256M", options);
        file = daemon.path("file");
    }

    /** Attributes are believed for a minute. */
    private void mountForAMinute() throws Exception {
        mount("--acregmin", "60", "--acregmax", "60");
    }

    @AfterEach
    void cleanUp() throws Exception {
        scratch.close();
    }

    /** libfuse does not tell the kernel's number of a file just made, so of one that was there. */
    @Test
    void timesSet_afterAChangeThroughAMapping_stay() throws Exception {
        mount();
        FileTime time = FileTime.from(Instant.parse("2020-02-20T02:20:20Z"));
        try (Posix.File open = Posix.open(file, Posix.O_RDWR);
                Posix.Mapping mapping = open.map(0, 10)) {
            mapping.write(0, "A".getBytes(UTF_8));
            Files.setLastModifiedTime(file, time);
        }
        assertThat(Files.getLastModifiedTime(behind)).isEqualTo(time);
        assertThat(Files.getLastModifiedTime(file)).isEqualTo(time);
        assertThat(behind).hasContent("A few bytes of text");
    }

    private interface Change {
        void make() throws Exception;
    }

    @Test
    void appendUpstream_whileTheKernelBelievesTheSize_isShownAndReadAfterTheNextOpen() throws Exception {
        mountForAMinute();
        assertShownAfterOpen(() -> Files.writeString(behind, ", and more", StandardOpenOption.APPEND));
    }

    @Test
    void truncationUpstream_whileTheKernelBelievesTheSize_isShownAndReadAfterTheNextOpen() throws Exception {
        mountForAMinute();
        assertShownAfterOpen(() -> Posix.truncate(behind, 5));
    }

    @Test
    void overwriteUpstream_ofTheSameSize_isShownAndReadAfterTheNextOpen() throws Exception {
        mountForAMinute();
        assertShownAfterOpen(() -> Files.writeString(behind, "A FEW BYTES OF TEXT", StandardOpenOption.WRITE));
    }

    /** Before the open the old attributes are shown: else nothing would be tested. */
    private void assertShownAfterOpen(Change change) throws Exception {
        Files.readAllBytes(file);
        Command.pause(Duration.ofMillis(100)); // its close has come
        for (int i = 0; i < 3; i++) {
            FileTime modified = Files.getLastModifiedTime(file);
            assertThat(modified).isEqualTo(Files.getLastModifiedTime(behind));
            Command.pause(Duration.ofMillis(20)); // the times differ
            change.make();
            assertThat(Files.getLastModifiedTime(file)).isEqualTo(modified);
            byte[] expected = Files.readAllBytes(behind);
            try (FileChannel opened = FileChannel.open(file)) {
                assertThat(opened.size()).isEqualTo(expected.length);
                ByteBuffer read = ByteBuffer.allocate(expected.length + 1);
                while (opened.read(read) > 0) {}
                assertThat(java.util.Arrays.copyOf(read.array(), read.position()))
                        .isEqualTo(expected);
            }
            assertThat(Files.size(file)).isEqualTo(expected.length);
            assertThat(Files.getLastModifiedTime(file)).isEqualTo(Files.getLastModifiedTime(behind));
            Command.pause(Duration.ofMillis(100));
        }
    }

    @Test
    void changeUpstream_withoutAnOpen_isShownAfterTheAttributeTime() throws Exception {
        mount("--acregmin", "1", "--acregmax", "1");
        for (int i = 0; i < 3; i++) {
            assertThat(Files.size(file)).isEqualTo(Files.size(behind));
            Files.writeString(behind, "more", StandardOpenOption.APPEND);
            Command.pause(Duration.ofMillis(1100));
            assertThat(Files.size(file)).isEqualTo(Files.size(behind));
        }
    }

    @Test
    void statOfWhatWasListed_comesToTheDaemonOnceInTheAttributeTime() throws Exception {
        mountForAMinute();
        int files = 300;
        for (int i = 0; i < files; i++) {
            Files.write(behind.resolveSibling("f" + i), new byte[i]);
        }
        long before = 0;
        long began = System.nanoTime();
        for (int round = 0; round < 5; round++) {
            for (int i = 0; i < files; i++) {
                assertThat(Files.size(daemon.path("f" + i))).isEqualTo(i);
            }
            if (round == 0) {
                before = daemon.stat().number("meta.hits");
                began = System.nanoTime();
            }
        }
        if (NOTIFIED) {
            long seconds = (System.nanoTime() - began) / 1_000_000_000;
            assertThat(daemon.stat().number("meta.hits") - before)
                    .as("names are asked for again after a second")
                    .isLessThan((seconds + 2) * files);
        }
    }

    @Test
    void changesThroughTheMount_areShownAtOnce() throws Exception {
        mountForAMinute();
        Path link = daemon.path("link");
        Files.createLink(link, file);
        assertThat(Files.getAttribute(file, "unix:nlink")).isEqualTo(2);
        long size = Files.size(file);
        for (int i = 0; i < 3; i++) {
            Files.size(link);
            Files.writeString(file, "more", StandardOpenOption.APPEND);
            size += 4;
            assertThat(Files.size(file)).isEqualTo(size);
            assertThat(Files.size(link)).isEqualTo(size);
            Command.pause(Duration.ofMillis(100)); // its close has come, and the kernel believes what it is told
            assertThat(Files.size(file)).isEqualTo(size);
            Posix.truncate(link, size -= 10);
            assertThat(Files.size(file)).isEqualTo(size);
            Files.setLastModifiedTime(link, FileTime.fromMillis(1_500_000_000_000L + i));
            assertThat(Files.getLastModifiedTime(file).toMillis()).isEqualTo(1_500_000_000_000L + i);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(i == 1 ? "rwx------" : "rw-r-----"));
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(link)))
                    .isEqualTo(i == 1 ? "rwx------" : "rw-r-----");
        }
        Files.delete(link);
        assertThat(Files.getAttribute(file, "unix:nlink")).isEqualTo(1);
        FileTime changed = Files.getLastModifiedTime(daemon.mountPoint());
        Command.pause(Duration.ofMillis(20));
        Files.write(daemon.path("new"), new byte[1]);
        assertThat(Files.getLastModifiedTime(daemon.mountPoint())).isGreaterThan(changed);
    }
}
