package org.netcachefs.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import jnr.constants.platform.Errno;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.netcachefs.it.harness.Content;
import org.netcachefs.it.harness.LinuxCalls;
import org.netcachefs.it.harness.MountedDaemon;
import org.netcachefs.it.harness.Posix;
import org.netcachefs.it.harness.Scratch;

/** Promise: holes, copies, files without a name and renaming with flags are upstream's; libfuse has none of them, and the kernel says so or does without. */
class LinuxCallsIT {
    private static final int SIZE = 3 << 20;
    private static final int FALLOC_FL_COLLAPSE_RANGE = 0x08;
    private static final int FALLOC_FL_INSERT_RANGE = 0x20;
    private static final String TRANSPORT = System.getProperty("netcachefs.transport", "");
    private static final boolean LIBFUSE = TRANSPORT.equals("libfuse");

    private final Scratch scratch = Scratch.make("linux-calls");
    private Path tree;
    private MountedDaemon daemon;

    @BeforeEach
    void setUp() throws Exception {
        tree = scratch.folder("tree");
        daemon = TRANSPORT.isEmpty()
                ? MountedDaemon.mount(scratch, tree, "mount", "256M", "--transport", "kernel")
                : MountedDaemon.mount(scratch, tree, "mount", "256M");
    }

    @AfterEach
    void cleanUp() throws Exception {
        scratch.close();
    }

    @Test
    void holes_areUpstreams_andNoneWhileTheFileIsWritten() throws Exception {
        Path sparse = tree.resolve("sparse");
        try (LinuxCalls.File made = LinuxCalls.open(sparse, Posix.O_RDWR | Posix.O_CREAT)) {
            made.write(new byte[4096], 1 << 20);
        }
        Posix.truncate(sparse, SIZE);
        try (LinuxCalls.File upstream = LinuxCalls.open(sparse, Posix.O_RDONLY);
                LinuxCalls.File file = LinuxCalls.open(daemon.path("sparse"), Posix.O_RDONLY)) {
            for (int whence : new int[] {LinuxCalls.SEEK_DATA, LinuxCalls.SEEK_HOLE}) {
                long found = LIBFUSE ? whence == LinuxCalls.SEEK_DATA ? 0 : SIZE : upstream.seek(0, whence);
                assertThat(file.seek(0, whence)).isEqualTo(found);
            }
            assertThat(file.read(1 << 20, 4096)).hasSize(4096);
            assertErrno(Errno.ENXIO, () -> file.seek(SIZE, LinuxCalls.SEEK_DATA));
            try (LinuxCalls.File writer = LinuxCalls.open(daemon.path("sparse"), Posix.O_RDWR)) {
                assertThat(writer.seek(5, LinuxCalls.SEEK_DATA)).isEqualTo(5);
                assertThat(writer.seek(5, LinuxCalls.SEEK_HOLE)).isEqualTo(SIZE);
            }
        }
    }

    /** The kernel passes them to no FUSE file system. (ENOTSUP is EOPNOTSUPP.) */
    @Test
    void rangesThatShiftTheRest_areNotSupported() throws Exception {
        Content.write(tree.resolve("f"), 1, SIZE);
        try (Posix.File file = Posix.open(daemon.path("f"), Posix.O_RDWR)) {
            assertErrno(Errno.ENOTSUP, () -> file.allocate(FALLOC_FL_COLLAPSE_RANGE, 0, 4096));
            assertErrno(Errno.ENOTSUP, () -> file.allocate(FALLOC_FL_INSERT_RANGE, 0, 4096));
        }
        Content.verify(daemon.path("f"), 1, SIZE);
    }

    @Test
    void copy_isMadeByUpstream_andReadAtOnce() throws Exception {
        Content.write(tree.resolve("from"), 1, SIZE);
        Content.write(tree.resolve("to"), 2, SIZE + 5);
        Content.verify(daemon.path("to"), 2, SIZE + 5); // cached, and in the kernel
        long written = daemon.stat().number("upstream.written_bytes");
        try (LinuxCalls.File from = LinuxCalls.open(daemon.path("from"), Posix.O_RDONLY);
                LinuxCalls.File to = LinuxCalls.open(daemon.path("to"), Posix.O_RDWR)) {
            long copied = 0;
            while (copied < SIZE) {
                long more = from.copyTo(to, SIZE - copied);
                assertThat(more).isPositive();
                copied += more;
            }
            assertThat(from.copyTo(to, 100)).isZero();
            assertThat(to.read(0, 1000)).isEqualTo(Content.bytes(1, 0, 1000));
        }
        byte[] expected = Content.bytes(2, 0, SIZE + 5);
        System.arraycopy(Content.bytes(1, 0, SIZE), 0, expected, 0, SIZE);
        assertThat(Files.readAllBytes(daemon.path("to"))).isEqualTo(expected);
        assertThat(Files.readAllBytes(tree.resolve("to"))).isEqualTo(expected);
        if (!LIBFUSE) {
            assertThat(daemon.stat().number("upstream.written_bytes")).isEqualTo(written);
        }
    }

    @Test
    void fileWithoutAName_isWrittenAndRead_andGivenAName() throws Exception {
        if (LIBFUSE) {
            assertErrno(Errno.ENOTSUP, () -> LinuxCalls.unnamed(daemon.mountPoint()));
            return;
        }
        byte[] content = Content.bytes(3, 0, SIZE);
        try (LinuxCalls.File file = LinuxCalls.unnamed(daemon.mountPoint())) {
            file.write(content, 0);
            assertThat(file.read(0, SIZE)).isEqualTo(content);
            assertThat(daemon.mountPoint().toFile().list()).isEmpty();
            file.link(daemon.path("named"));
            Content.verify(daemon.path("named"), 3, SIZE);
            file.write(new byte[] {1, 2, 3}, SIZE);
        }
        assertThat(Files.size(daemon.path("named"))).isEqualTo(SIZE + 3);
        assertThat(Files.size(tree.resolve("named"))).isEqualTo(SIZE + 3);
        assertThat(tree.toFile().list()).containsExactly("named");
    }

    @Test
    void renaming_exchanges_andRefusesToReplace() throws Exception {
        Files.writeString(daemon.path("a"), "content of a");
        Files.writeString(daemon.path("b"), "b's");
        Path a = daemon.path("a");
        Path b = daemon.path("b");
        if (LIBFUSE) {
            assertErrno(Errno.EINVAL, () -> LinuxCalls.rename(a, b, LinuxCalls.RENAME_EXCHANGE));
            return;
        }
        assertErrno(Errno.EEXIST, () -> LinuxCalls.rename(a, b, LinuxCalls.RENAME_NOREPLACE));
        LinuxCalls.rename(a, b, LinuxCalls.RENAME_EXCHANGE);
        assertThat(Files.readString(a)).isEqualTo("b's");
        assertThat(Files.readString(b)).isEqualTo("content of a");
        assertThat(Files.readString(tree.resolve("b"))).isEqualTo("content of a");
        LinuxCalls.rename(a, daemon.path("c"), LinuxCalls.RENAME_NOREPLACE);
        assertThat(daemon.mountPoint().toFile().list()).containsExactlyInAnyOrder("b", "c");
    }

    private static void assertErrno(Errno errno, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        Posix.ErrnoIOException.class,
                        failure -> assertThat(failure.errno()).isEqualTo(errno));
    }
}
