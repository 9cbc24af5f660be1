package org.netcachefs.fuse.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import jnr.ffi.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.Transport;

/** Each error arrives as it is, and nothing that goes wrong reads as success. */
abstract class FailureConformance extends Mounted {
    FailureConformance(Transport transport) {
        super(transport);
    }

    @ParameterizedTest
    @EnumSource(Errno.class)
    void errnoOfALookup_arrives(Errno errno) throws Exception {
        child.set("lookup:wrong", "error " + errno);
        assertThat(failing(Posix.LIBC.access(Posix.path(path("wrong")), 0))).isEqualTo(errno);
        child.set("lookup:wrong", "none");
    }

    @ParameterizedTest
    @EnumSource(names = {"EIO", "EACCES", "ETIMEDOUT", "ESTALE", "ENODATA", "EAGAIN", "ENOSPC", "EINTR"})
    void errnoOfARead_arrives(Errno errno) throws Exception {
        Files.write(path("unreadable"), pattern(10_000, 1));
        child.set("read:unreadable", "error " + errno);
        int descriptor = open(path("unreadable"), Posix.O_RDONLY | Posix.O_DIRECT);
        Pointer memory = Posix.memory(4096);
        assertThat(failing(Posix.LIBC.pread(descriptor, memory, 4096, 0))).isEqualTo(errno);
        child.set("read:unreadable", "none");
        assertThat(Posix.LIBC.pread(descriptor, memory, 4096, 0)).isEqualTo(4096);
        close(descriptor);
    }

    @ParameterizedTest
    @ValueSource(strings = {"throw", "error EIO"})
    void failedRead_isEioAndNotTheEndOfTheFile(String how) throws Exception {
        Files.write(path("throwing"), pattern(300_000, 2));
        child.set("read:throwing", how);
        Command read = Command.run("cat", path("throwing"));
        assertThat(read.status()).isEqualTo(1);
        assertThat(read.output()).contains("Input/output error");
        child.set("read:throwing", "none");
        assertThat(Files.readAllBytes(path("throwing"))).isEqualTo(pattern(300_000, 2));
    }

    @Test
    void exceptions_inEveryKindOfOperation_areEio() throws Exception {
        Files.createDirectories(path("odd-dir"));
        Files.writeString(path("odd"), "text");
        for (String operation : new String[] {"lookup:odd", "open:odd", "write:odd", "flush:odd", "create:none-yet"}) {
            child.set(operation, "throw");
        }
        child.set("readdir:odd-dir", "throw");
        child.set("opendir:odd-dir", "none");
        assertThat(failing(Posix.LIBC.open(Posix.path(path("odd")), Posix.O_RDONLY, 0)))
                .isEqualTo(Errno.EIO);
        child.set("lookup:odd", "none");
        assertThat(failing(Posix.LIBC.open(Posix.path(path("odd")), Posix.O_RDONLY, 0)))
                .isEqualTo(Errno.EIO);
        child.set("open:odd", "none");
        int descriptor = open(path("odd"), Posix.O_WRONLY);
        assertThat(failing(Posix.LIBC.pwrite(descriptor, Posix.memory(10), 10, 0)))
                .isEqualTo(Errno.EIO);
        assertThat(failing(Posix.LIBC.close(descriptor))).isEqualTo(Errno.EIO);
        child.set("write:odd", "none");
        child.set("flush:odd", "none");
        assertThat(failing(Posix.LIBC.open(Posix.path(path("none-yet")), Posix.O_CREAT, 0644)))
                .isEqualTo(Errno.EIO);
        Command listing = Command.run("ls", path("odd-dir"));
        assertThat(listing.status()).isNotZero();
        assertThat(listing.output()).contains("Input/output error");
    }

    @Test
    void openAnsweredStale_isTriedAgainOnWhatTheNameLeadsToNow() throws Exception {
        Files.writeString(path("stale"), "text");
        long opens = count("open");
        child.set("open:stale", "error ESTALE");
        assertThat(failing(Posix.LIBC.open(Posix.path(path("stale")), Posix.O_RDONLY, 0)))
                .isEqualTo(Errno.ESTALE);
        assertThat(count("open")).isGreaterThanOrEqualTo(opens + 2);
        child.set("open:stale", "none");
        assertThat(Files.readString(path("stale"))).isEqualTo("text");
    }

    @Test
    void accessRefused_isRefused() throws Exception {
        Files.writeString(path("private"), "text");
        child.set("access:private", "error EACCES");
        assertThat(failing(Posix.LIBC.access(Posix.path(path("private")), 4))).isEqualTo(Errno.EACCES);
        child.set("access:private", "none");
        assertThat(Posix.LIBC.access(Posix.path(path("private")), 4)).isZero();
    }
}
