package org.netcachefs.fuse.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import jnr.ffi.Pointer;
import org.junit.jupiter.api.Test;
import org.netcachefs.fuse.Capability;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.Transport;

/** What a transport declares it can do beyond the rest, and what programs get where it cannot. */
abstract class AbilitiesConformance extends Mounted {
    private static final int RENAME_NOREPLACE = 1;
    private static final int RENAME_EXCHANGE = 2;
    private static final int SEEK_DATA = 3;
    private static final int SEEK_HOLE = 4;
    private static final int AT_SYMLINK_FOLLOW = 0x400;
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_SHARED = 1;
    private static final int MS_SYNC = 4;

    AbilitiesConformance(Transport transport) {
        super(transport);
    }

    private static int renameat2(Object from, Object to, int flags) {
        return Posix.LIBC.renameat2(Posix.AT_FDCWD, Posix.path(from), Posix.AT_FDCWD, Posix.path(to), flags);
    }

    @Test
    void renameWithoutReplacing_refusesATakenName() throws Exception {
        Files.writeString(path("f1"), "one");
        Files.writeString(path("f2"), "two");
        if (!capabilities.contains(Capability.RENAME_FLAGS)) {
            assertThat(failing(renameat2(path("f1"), path("f3"), RENAME_NOREPLACE)))
                    .isEqualTo(Errno.EINVAL);
            assertThat(path("f1")).exists();
            return;
        }
        assertThat(failing(renameat2(path("f1"), path("f2"), RENAME_NOREPLACE))).isEqualTo(Errno.EEXIST);
        assertThat(renameat2(path("f1"), path("f3"), RENAME_NOREPLACE)).isZero();
        assertThat(Files.readString(path("f3"))).isEqualTo("one");
        assertThat(path("f1")).doesNotExist();
    }

    @Test
    void renameThatExchanges_swapsTwoNames() throws Exception {
        Files.writeString(path("e1"), "one");
        Files.writeString(path("e2"), "two");
        if (!capabilities.contains(Capability.RENAME_FLAGS)) {
            assertThat(failing(renameat2(path("e1"), path("e2"), RENAME_EXCHANGE)))
                    .isEqualTo(Errno.EINVAL);
            return;
        }
        assertThat(renameat2(path("e1"), path("e2"), RENAME_EXCHANGE)).isZero();
        assertThat(Files.readString(path("e1"))).isEqualTo("two");
        assertThat(Files.readString(path("e2"))).isEqualTo("one");
    }

    @Test
    void namelessFile_isWrittenReadAndGivenAName() throws Exception {
        int descriptor = Posix.LIBC.open(Posix.path(root), Posix.O_TMPFILE | Posix.O_RDWR, 0600);
        if (!capabilities.contains(Capability.TMPFILE)) {
            assertThat(failing(descriptor)).isEqualTo(Errno.EOPNOTSUPP);
            return;
        }
        assertThat(descriptor).isNotNegative();
        Pointer memory = Posix.memory(4096);
        memory.put(0, "nameless".getBytes(StandardCharsets.UTF_8), 0, 8);
        assertThat(Posix.LIBC.pwrite(descriptor, memory, 8, 0)).isEqualTo(8);
        assertThat(Posix.LIBC.pread(descriptor, memory, 4096, 0)).isEqualTo(8);
        assertThat(Posix.LIBC.linkat(
                        Posix.AT_FDCWD,
                        Posix.path("/proc/self/fd/" + descriptor),
                        Posix.AT_FDCWD,
                        Posix.path(path("named")),
                        AT_SYMLINK_FOLLOW))
                .isZero();
        close(descriptor);
        assertThat(Files.readString(path("named"))).isEqualTo("nameless");
    }

    @Test
    void namelessFile_isGoneWhenClosed() throws Exception {
        if (!capabilities.contains(Capability.TMPFILE)) {
            return;
        }
        long lookups = child.figure("lookups");
        close(Posix.LIBC.open(Posix.path(root), Posix.O_TMPFILE | Posix.O_RDWR, 0600));
        eventually(() -> assertThat(child.figure("lookups")).isEqualTo(lookups));
    }

    @Test
    void seek_findsDataAndHoles_orTakesAllForData() throws Exception {
        child.send("grow sparse 1048576");
        int descriptor = open(path("sparse"), Posix.O_RDWR);
        if (!capabilities.contains(Capability.LSEEK)) {
            assertThat(Posix.LIBC.lseek(descriptor, 0, SEEK_DATA)).isZero();
            close(descriptor);
            return;
        }
        assertThat(failing(Posix.LIBC.lseek(descriptor, 0, SEEK_DATA))).isEqualTo(Errno.ENXIO);
        assertThat(Posix.LIBC.pwrite(descriptor, Posix.memory(4096), 4096, 512 << 10))
                .isEqualTo(4096);
        assertThat(Posix.LIBC.lseek(descriptor, 0, SEEK_DATA)).isEqualTo(512 << 10);
        assertThat(Posix.LIBC.lseek(descriptor, 512 << 10, SEEK_HOLE)).isEqualTo(576 << 10);
        close(descriptor);
    }

    @Test
    void copyOfARange_isTheFileSystems_orMadeOfReadsAndWrites() throws Exception {
        byte[] bytes = pattern(2_000_000, 11);
        Files.write(path("copied-from"), bytes);
        int in = open(path("copied-from"), Posix.O_RDONLY);
        int out = open(path("copied-to"), Posix.O_CREAT | Posix.O_WRONLY);
        long writes = count("write");
        long done = 0;
        while (done < bytes.length) {
            long copied = Posix.LIBC.copy_file_range(in, null, out, null, bytes.length - done, 0);
            assertThat(copied).as("%s", Posix.errno()).isPositive();
            done += copied;
        }
        close(in);
        close(out);
        assertThat(Files.readAllBytes(path("copied-to"))).isEqualTo(bytes);
        if (capabilities.contains(Capability.COPY_FILE_RANGE)) {
            assertThat(count("copy")).isGreaterThanOrEqualTo(2);
            assertThat(count("write")).isEqualTo(writes);
        }
    }

    @Test
    void longListing_bringsTheAttributesAlong_ifDeclared() throws Exception {
        Path directory = Files.createDirectory(path("listed"));
        for (int i = 0; i < 100; i++) {
            Files.createFile(directory.resolve("entry-" + i));
        }
        child.set("entries", "valid");
        try {
            long questions = count("lookup") + count("getattr");
            assertThat(Command.run("ls", "-l", directory).output().lines()).hasSize(101);
            long asked = count("lookup") + count("getattr") - questions;
            if (capabilities.contains(Capability.READDIRPLUS)) {
                assertThat(asked).isLessThan(20);
            } else {
                assertThat(asked).isGreaterThanOrEqualTo(100);
            }
        } finally {
            child.set("entries", "none");
            assertThat(Command.run("rm", "-r", directory).status()).isZero();
        }
    }

    @Test
    void lookups_areGivenBack_whenTheirNodesAreGone() throws Exception {
        long before = child.figure("lookups");
        Path directory = Files.createDirectories(path("forgotten"));
        for (int i = 0; i < 300; i++) {
            Files.writeString(directory.resolve("entry-" + i), "x");
        }
        assertThat(Command.run("ls", "-lR", directory).status()).isZero();
        assertThat(Command.run("rm", "-r", directory).status()).isZero();
        eventually(() -> assertThat(child.figure("lookups")).isEqualTo(before));
    }

    @Test
    void name_isLookedUpAgain_onceTheKernelIsToldThatItChanged() throws Exception {
        if (!capabilities.contains(Capability.NOTIFY)) {
            assertThat(child.send("invalidate-entry known")).isEqualTo("false");
            return;
        }
        Files.writeString(path("known"), "x");
        child.set("entries", "valid");
        try {
            assertThat(lookupsOf("known")).isEqualTo(1);
            assertThat(lookupsOf("known")).isZero();
            assertThat(child.send("invalidate-entry known")).isEqualTo("true");
            assertThat(lookupsOf("known")).isEqualTo(1);
            assertThat(child.send("delete known")).isEqualTo("true");
            assertThat(lookupsOf("known")).isEqualTo(1);
        } finally {
            child.set("entries", "none");
            Files.delete(path("known"));
        }
    }

    private long lookupsOf(String name) throws Exception {
        long before = count("lookup");
        assertThat(Posix.LIBC.access(Posix.path(path(name)), 0)).isZero();
        return count("lookup") - before;
    }

    @Test
    void noticeOfWhatTheKernelDoesNotKnow_isNoFailure() throws Exception {
        child.send("grow never-seen 10");
        String told = Boolean.toString(capabilities.contains(Capability.NOTIFY));
        assertThat(child.send("invalidate never-seen")).isEqualTo(told);
        assertThat(child.send("delete never-seen")).isEqualTo(told);
    }

    /** One of all of them, and one of each 255 times. */
    @Test
    void names_ofEveryByteValue_of255Bytes_areCreatedListedRenamedAndDeleted() throws Exception {
        Path directory = Files.createDirectory(path("every-byte"));
        List<byte[]> names = new ArrayList<>();
        byte[] all = new byte[255];
        Arrays.fill(all, (byte) 'x');
        for (int value = 1, at = 0; value < 256; value++) {
            if (value != '/') {
                all[at++] = (byte) value;
                byte[] one = new byte[255];
                Arrays.fill(one, (byte) value);
                names.add(one);
            }
        }
        names.add(all);
        for (byte[] name : names) {
            close(Posix.LIBC.open(in(directory, name), Posix.O_CREAT | Posix.O_WRONLY, 0644));
        }
        assertThat(listed(directory)).containsExactlyInAnyOrderElementsOf(hex(names));
        List<byte[]> renamed = new ArrayList<>();
        for (byte[] name : names) {
            byte[] other = name.clone();
            other[100] = (byte) (name[100] == 'y' ? 'z' : 'y');
            assertThat(Posix.LIBC.renameat2(
                            Posix.AT_FDCWD, in(directory, name), Posix.AT_FDCWD, in(directory, other), 0))
                    .isZero();
            renamed.add(other);
        }
        assertThat(listed(directory)).containsExactlyInAnyOrderElementsOf(hex(renamed));
        for (byte[] name : renamed) {
            assertThat(Posix.LIBC.access(in(directory, name), 0)).isZero();
            assertThat(Posix.LIBC.unlink(in(directory, name))).isZero();
        }
        assertThat(listed(directory)).isEmpty();
        Files.delete(directory);
    }

    private static byte[] in(Path directory, byte[] name) {
        byte[] path = Arrays.copyOf(
                (directory + "/").getBytes(StandardCharsets.UTF_8),
                directory.toString().length() + 1 + name.length + 1);
        System.arraycopy(name, 0, path, directory.toString().length() + 1, name.length);
        return path;
    }

    private static List<String> hex(List<byte[]> names) {
        return names.stream().map(HexFormat.of()::formatHex).toList();
    }

    /** The names in hexadecimal, each of which can be looked at. */
    private static List<String> listed(Path directory) throws Exception {
        String script = "opendir(D, $ARGV[0]) or die; for (readdir D) { next if /^\\.\\.?$/; "
                + "lstat(\"$ARGV[0]/$_\") or die; print unpack('H*', $_), \"\\n\"; }";
        Command listing = Command.run("perl", "-e", script, directory);
        assertThat(listing.status()).as(listing.output()).isZero();
        return listing.output().lines().toList();
    }

    @Test
    void readerThatIsStopped_isLetGoWithin100Millis_ifInterruptsAreDeclared() throws Exception {
        Files.write(path("stopped"), pattern(4096, 4));
        child.set("read:stopped", "hang");
        child.set("opened:stopped", "direct");
        long fastest = Long.MAX_VALUE;
        try {
            for (int i = 0; i < 5; i++) {
                fastest = Math.min(fastest, nanosToStop());
            }
        } finally {
            child.set("read:stopped", "none");
            child.send("release");
        }
        if (capabilities.contains(Capability.INTERRUPT)) {
            assertThat(TimeUnit.NANOSECONDS.toMillis(fastest)).isLessThan(100);
        }
    }

    private long nanosToStop() throws Exception {
        long waiting = child.figure("waiting");
        Process reader = new ProcessBuilder("cat", path("stopped").toString()).start();
        eventually(() -> assertThat(child.figure("waiting")).isGreaterThan(waiting));
        assertThat(Command.run("kill", "-TERM", reader.pid()).status()).isZero();
        long start = System.nanoTime();
        assertThat(reader.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return System.nanoTime() - start;
    }

    @Test
    void manyNotices_amidReads_holdNothingUp() throws Exception {
        Files.write(path("noisy"), pattern(1 << 20, 5));
        try (FileChannel channel = FileChannel.open(path("noisy"))) {
            for (int i = 0; i < 1000; i++) {
                ByteBuffer bytes = ByteBuffer.allocate(4096);
                channel.read(bytes, (i % 256) * 4096L);
                assertThat(child.send("invalidate noisy")).isEqualTo("true");
            }
        }
        assertThat(Files.readAllBytes(path("noisy"))).isEqualTo(pattern(1 << 20, 5));
    }

    /** A notice drops pages that are dirty in a mapping: these are written back while it waits. */
    @Test
    void manyNotices_amidWritesAndMappedWrites_holdNobodyUp() throws Exception {
        int half = 512 << 10;
        Files.write(path("busy"), new byte[2 * half]);
        int descriptor = open(path("busy"), Posix.O_RDWR);
        Pointer map = Posix.LIBC.mmap(null, 2L * half, PROT_READ_WRITE, MAP_SHARED, descriptor, 0);
        AtomicBoolean over = new AtomicBoolean();
        Future<Integer> mapped = inBackground(() -> {
            int rounds = 0;
            while (!over.get()) {
                map.putByte(rounds % 128 * 4096L, (byte) ++rounds);
                assertThat(Posix.LIBC.msync(map, half, MS_SYNC)).isZero();
            }
            return rounds;
        });
        Future<Integer> written = inBackground(() -> {
            Pointer page = Posix.memory(4096);
            int rounds = 0;
            while (!over.get()) {
                long at = half + rounds % 128 * 4096L;
                page.putByte(0, (byte) ++rounds);
                assertThat(Posix.LIBC.pwrite(descriptor, page, 4096, at)).isEqualTo(4096);
                byte expected = (byte) rounds;
                do { // a page dropped before its write was sent may have been read as it was before (0008, Notices):
                    // until the next notice
                    assertThat(Posix.LIBC.pread(descriptor, page, 4096, at)).isEqualTo(4096);
                } while (page.getByte(0) != expected && !over.get());
            }
            return rounds;
        });
        int last;
        try {
            for (int i = 0; i < 2000; i++) {
                assertThat(child.send("invalidate busy")).isEqualTo("true");
            }
        } finally {
            over.set(true);
            last = mapped.get(20, TimeUnit.SECONDS);
            assertThat(written.get(20, TimeUnit.SECONDS)).isPositive();
            assertThat(Posix.LIBC.munmap(map, 2L * half)).isZero();
            close(descriptor);
        }
        assertThat(last).isPositive();
        byte[] all = Files.readAllBytes(path("busy"));
        assertThat(all[(last - 1) % 128 * 4096]).isEqualTo((byte) last);
    }
}
