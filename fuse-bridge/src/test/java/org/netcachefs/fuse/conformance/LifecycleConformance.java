package org.netcachefs.fuse.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.Mount.UnmountMode;
import org.netcachefs.fuse.Mount.UnmountOutcome;
import org.netcachefs.fuse.MountEntry;
import org.netcachefs.fuse.MountTable;
import org.netcachefs.fuse.Transport;
import org.netcachefs.fuse.Transports;

/** How a mount begins and the many ways in which it ends. */
abstract class LifecycleConformance {
    private final String transport;
    private Path root;

    LifecycleConformance(Transport transport) {
        this(transport.name());
    }

    /** {@code transport} as {@link MemoryMount} knows it. */
    LifecycleConformance(String transport) {
        this.transport = transport;
    }

    @BeforeEach
    void makeMountPoint() throws IOException {
        root = Files.createTempDirectory("lifecycle");
    }

    /** A mount point can be removed as soon as the unmount said so. */
    @AfterEach
    void removeMountPoint() throws IOException {
        assertThat(MountTable.read().at(root)).isEmpty();
        Files.deleteIfExists(root.resolve("below"));
        Files.delete(root);
    }

    private ChildMount start(String... options) throws Exception {
        return ChildMount.start(transport, root, options);
    }

    @Test
    void mount_answersAtOnceAndIsShownWithSourceAndType() throws Exception {
        try (ChildMount child = start()) {
            assertThat(child.send("initialised")).isEqualTo("true");
            assertThat(Command.run("stat", "-c", "%F", root).output()).isEqualTo("directory");
            MountEntry entry = MountTable.read().at(root).orElseThrow();
            assertThat(entry.type()).isEqualTo("fuse.netcachefs");
            assertThat(entry.source()).isEqualTo("memory,with comma");
        }
    }

    @Test
    void unmount_isIdempotentAndEndsTheSession() throws Exception {
        try (ChildMount child = start()) {
            assertThat(child.send("unmount NORMAL")).isEqualTo("UNMOUNTED");
            assertThat(child.isMounted()).isFalse();
            assertThat(child.send("unmount NORMAL")).isEqualTo("UNMOUNTED");
            assertThat(child.send("unmount ABORT")).isEqualTo("UNMOUNTED");
            assertThat(child.endsWithin(10)).isTrue();
            assertThat(child.send("destroyed")).isEqualTo("true");
            assertThat(child.send("threads")).isEqualTo("0");
        }
    }

    @Test
    void busyMount_saysSo_andIsUnmountedOnceNobodyUsesIt() throws Exception {
        try (ChildMount child = start()) {
            Path file = Files.writeString(root.resolve("file"), "text");
            try (FileChannel user = FileChannel.open(file)) {
                assertThat(child.send("unmount NORMAL")).isEqualTo("BUSY");
                assertThat(user.size()).isEqualTo(4);
                assertThat(Files.readString(file)).isEqualTo("text");
            }
            assertThat(child.send("unmount NORMAL")).isEqualTo("UNMOUNTED");
        }
    }

    @Test
    void detachedMount_servesItsLastUserAndThenEnds() throws Exception {
        try (ChildMount child = start()) {
            Path file = Files.writeString(root.resolve("file"), "text");
            try (FileChannel user = FileChannel.open(file)) {
                assertThat(child.send("unmount DETACH")).isEqualTo("UNMOUNTED");
                assertThat(file).doesNotExist();
                java.nio.ByteBuffer bytes = java.nio.ByteBuffer.allocate(4);
                assertThat(user.read(bytes, 0)).isEqualTo(4);
                assertThat(child.send("destroyed")).isEqualTo("false");
            }
            assertThat(child.endsWithin(10)).isTrue();
        }
    }

    @Test
    void abort_freesThoseWhoHang() throws Exception {
        try (ChildMount child = start()) {
            Files.writeString(root.resolve("hung"), "text");
            child.set("read:hung", "hang");
            child.set("open:hung2", "hang");
            Files.writeString(root.resolve("hung3"), "text");
            child.set("open:hung3", "hang");
            Future<Errno> reader = CompletableFuture.supplyAsync(() -> readErrno(root.resolve("hung")));
            Future<Errno> opener = CompletableFuture.supplyAsync(() -> readErrno(root.resolve("hung3")));
            Mounted.eventually(() -> assertThat(child.figure("waiting")).isEqualTo(2));
            assertThat(child.send("unmount ABORT")).isEqualTo("UNMOUNTED");
            assertThat(reader.get(10, TimeUnit.SECONDS)).isIn(Errno.ECONNABORTED, Errno.ENOTCONN, Errno.EIO);
            assertThat(opener.get(10, TimeUnit.SECONDS)).isIn(Errno.ECONNABORTED, Errno.ENOTCONN, Errno.EIO);
            assertThat(child.endsWithin(10)).isTrue();
            // Those who answer now are told that nobody took it.
            child.send("release");
            assertThat(child.figure("refused")).isGreaterThanOrEqualTo(1);
        }
    }

    private static Errno readErrno(Path file) {
        int descriptor = Posix.LIBC.open(Posix.path(file), Posix.O_RDONLY, 0);
        if (descriptor < 0) {
            return Posix.errno();
        }
        long count = Posix.LIBC.pread(descriptor, Posix.memory(16), 16, 0);
        Errno errno = Posix.errno();
        Posix.LIBC.close(descriptor);
        assertThat(count).isEqualTo(-1);
        return errno;
    }

    @Test
    void unmountBySomebodyElse_endsTheSession() throws Exception {
        try (ChildMount child = start()) {
            assertThat(Command.run("fusermount3", "-u", root).status()).isZero();
            assertThat(child.endsWithin(10)).isTrue();
            assertThat(child.send("destroyed")).isEqualTo("true");
            assertThat(child.send("unmount NORMAL")).isEqualTo("UNMOUNTED");
        }
    }

    @Test
    void unmountFromAnotherProcess_worksWithoutTheDaemonsHelp() throws Exception {
        try (ChildMount child = start()) {
            try (FileChannel user = FileChannel.open(Files.writeString(root.resolve("file"), "text"))) {
                assertThat(user.size()).isEqualTo(4);
                assertThat(Transports.unmount(root, UnmountMode.NORMAL)).isEqualTo(UnmountOutcome.BUSY);
            }
            assertThat(Transports.unmount(root, UnmountMode.NORMAL)).isEqualTo(UnmountOutcome.UNMOUNTED);
            assertThat(Transports.unmount(root, UnmountMode.NORMAL)).isEqualTo(UnmountOutcome.UNMOUNTED);
            assertThat(child.endsWithin(10)).isTrue();
        }
    }

    @Test
    void mountLeftByAKilledDaemon_isCleanedUpByTheNext() throws Exception {
        ChildMount dead = start();
        dead.kill();
        assertThat(dead.isMounted()).isTrue();
        assertThat(Mounted.failing(Posix.LIBC.open(Posix.path(root), Posix.O_RDONLY, 0)))
                .isEqualTo(Errno.ENOTCONN);
        try (ChildMount child = start()) {
            Files.writeString(root.resolve("file"), "alive");
            assertThat(Files.readString(root.resolve("file"))).isEqualTo("alive");
            assertThat(child.send("unmount NORMAL")).isEqualTo("UNMOUNTED");
            assertThat(child.isMounted()).isFalse();
        }
    }

    @Test
    void mountLeftByAKilledDaemon_isUnmountedByAnotherProcess() throws Exception {
        ChildMount dead = start();
        dead.kill();
        assertThat(Transports.unmount(root, UnmountMode.NORMAL)).isEqualTo(UnmountOutcome.UNMOUNTED);
    }

    @Test
    void secondMount_atALiveOne_isRefused() throws Exception {
        try (ChildMount child = start();
                ChildMount second = ChildMount.attempt(transport, root)) {
            assertThat(second.greeting()).startsWith("refused MOUNT_POINT").contains("already");
            Files.writeString(root.resolve("file"), "alive");
            assertThat(child.send("unmount NORMAL")).isEqualTo("UNMOUNTED");
        }
    }

    @Test
    void mountPoint_missingOrAFile_isRefusedWithItsName() throws Exception {
        Path missing = root.resolve("below");
        try (ChildMount child = ChildMount.attempt(transport, missing)) {
            assertThat(child.greeting()).startsWith("refused MOUNT_POINT").contains(missing + " does not exist");
        }
        Files.createFile(missing);
        try (ChildMount child = ChildMount.attempt(transport, missing)) {
            assertThat(child.greeting()).startsWith("refused MOUNT_POINT").contains("is not a directory");
        }
    }

    @Test
    void mountPoint_withFilesInIt_isCoveredAndUncovered() throws Exception {
        Files.writeString(root.resolve("below"), "hidden");
        try (ChildMount child = start()) {
            assertThat(root.resolve("below")).doesNotExist();
            assertThat(child.send("unmount NORMAL")).isEqualTo("UNMOUNTED");
        }
        assertThat(Files.readString(root.resolve("below"))).isEqualTo("hidden");
    }

    @Test
    void mountThatDoesNotAnswer_isRefusedAndLeavesNothing() throws Exception {
        try (ChildMount child = ChildMount.attempt(transport, root, "switch:statfs")) {
            assertThat(child.greeting()).startsWith("refused REFUSED").contains("did not answer");
            assertThat(child.isMounted()).isFalse();
        }
    }

    @Test
    void unknownOption_isRefused() throws Exception {
        try (ChildMount child = ChildMount.attempt(transport, root, "no_such_option_at_all")) {
            assertThat(child.greeting()).startsWith("refused REFUSED");
            assertThat(child.isMounted()).isFalse();
        }
    }

    @Test
    void readOnlyMount_refusesToWrite() throws Exception {
        try (ChildMount child = start("ro")) {
            assertThat(Mounted.failing(
                            Posix.LIBC.open(Posix.path(root.resolve("new")), Posix.O_CREAT | Posix.O_WRONLY, 0644)))
                    .isEqualTo(Errno.EROFS);
            assertThat(child.send("unmount NORMAL")).isEqualTo("UNMOUNTED");
        }
    }
}
