package org.netcachefs.fuse.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import jnr.ffi.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.netcachefs.fuse.Capability;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.Transport;

/** What is written is read back, whatever its size and whichever way it goes. */
abstract class ContentConformance extends Mounted {
    private static final int PROT_READ = 1;
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_SHARED = 1;
    private static final int MS_SYNC = 4;

    ContentConformance(Transport transport) {
        super(transport);
    }

    @ParameterizedTest
    @ValueSource(
            ints = {0, 1, 511, 4095, 4096, 4097, 65_535, 65_536, 65_537, 131_071, 131_072, 131_073, 262_145, 3_000_017})
    void content_ofEachSizeRoundTheRequestLimits_comesBack(int size) throws Exception {
        Path file = path("size-" + size);
        byte[] bytes = pattern(size, size);
        Files.write(file, bytes);
        assertThat(Files.size(file)).isEqualTo(size);
        assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
        // Past the page cache.
        int descriptor = open(file, Posix.O_RDONLY | Posix.O_DIRECT);
        assertThat(readAt(descriptor, 0, size + 4096)).isEqualTo(bytes);
        close(descriptor);
    }

    private static byte[] readAt(int descriptor, long offset, int length) {
        Pointer memory = Posix.memory(length);
        int done = 0;
        while (done < length) {
            long count = Posix.LIBC.pread(descriptor, memory.slice(done), length - done, offset + done);
            assertThat(count).isNotNegative();
            if (count == 0) {
                break;
            }
            done += (int) count;
        }
        byte[] bytes = new byte[done];
        memory.get(0, bytes, 0, done);
        return bytes;
    }

    @Test
    void read_acrossTheEnd_isShort_andBehindIt_isEmpty() throws Exception {
        Files.write(path("short"), pattern(5000, 1));
        try (FileChannel channel = FileChannel.open(path("short"))) {
            assertThat(channel.read(ByteBuffer.allocate(8192), 4000)).isEqualTo(1000);
            assertThat(channel.read(ByteBuffer.allocate(10), 5000)).isEqualTo(-1);
            assertThat(channel.read(ByteBuffer.allocate(10), 1L << 40)).isEqualTo(-1);
        }
    }

    @Test
    void sparseFile_beyond4GiB_keepsBothEnds() throws Exception {
        long far = (5L << 30) + 123;
        try (FileChannel channel = FileChannel.open(
                path("sparse"), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), 0);
            channel.write(ByteBuffer.wrap(new byte[] {7, 8, 9}), far);
        }
        assertThat(Files.size(path("sparse"))).isEqualTo(far + 3);
        try (FileChannel channel = FileChannel.open(path("sparse"))) {
            ByteBuffer end = ByteBuffer.allocate(8);
            assertThat(channel.read(end, far - 1)).isEqualTo(4);
            assertThat(Arrays.copyOf(end.array(), 4)).containsExactly(0, 7, 8, 9);
            ByteBuffer hole = ByteBuffer.allocate(4096);
            channel.read(hole, 1L << 32);
            assertThat(hole.array()).containsOnly(0);
        }
        Files.delete(path("sparse"));
    }

    @Test
    void segments_inSeveralPieces_arePutTogether() throws Exception {
        byte[] bytes = pattern(300_001, 5);
        Files.write(path("pieces"), bytes);
        child.set("read:pieces", "segments");
        assertThat(Files.readAllBytes(path("pieces"))).isEqualTo(bytes);
    }

    @Test
    void segments_ofFiles_arePutTogether() throws Exception {
        byte[] bytes = pattern(3_300_001, 12);
        Files.write(path("regions"), bytes);
        child.set("read:regions", "regions");
        for (int i = 0; i < 6; i++) {
            assertThat(Files.readAllBytes(path("regions"))).isEqualTo(bytes);
        }
        int descriptor = open(path("regions"), Posix.O_RDONLY | Posix.O_DIRECT);
        assertThat(readAt(descriptor, 0, bytes.length + 4096)).isEqualTo(bytes);
        assertThat(readAt(descriptor, 4096, 4096)).isEqualTo(Arrays.copyOfRange(bytes, 4096, 8192));
        close(descriptor);
    }

    @Test
    void segments_ofARegionThatCannotBeRead_areAnsweredAgain() throws Exception {
        byte[] bytes = pattern(200_001, 6);
        Files.write(path("failing"), bytes);
        child.set("read:failing", "failing-segments");
        assertThat(Files.readAllBytes(path("failing"))).isEqualTo(bytes);
    }

    @Test
    void keepCache_sparesTheSecondRead_andItsAbsenceDoesNot() throws Exception {
        byte[] bytes = pattern(40_000, 7);
        Files.write(path("kept"), bytes);
        child.set("opened:kept", "keep");
        Files.readAllBytes(path("kept"));
        Files.readAllBytes(path("kept"));
        long reads = count("read");
        assertThat(Files.readAllBytes(path("kept"))).isEqualTo(bytes);
        assertThat(count("read")).isEqualTo(reads);
        child.set("opened:kept", "none");
        Files.readAllBytes(path("kept"));
        assertThat(count("read")).isGreaterThan(reads);
    }

    @Test
    void directIo_bringsEachReadToTheFileSystem() throws Exception {
        Files.write(path("direct"), pattern(4096, 8));
        child.set("opened:direct", "direct");
        try (FileChannel channel = FileChannel.open(path("direct"))) {
            long reads = count("read");
            for (int i = 0; i < 5; i++) {
                channel.read(ByteBuffer.allocate(10), 0);
            }
            assertThat(count("read")).isEqualTo(reads + 5);
        }
    }

    @Test
    void replacedFile_isReadAnewByTheNextOpen_alsoWhenThePagesWereToBeKept() throws Exception {
        child.send("replace swapped first-content");
        child.set("opened:swapped", "keep");
        for (int i = 0; i < 50; i++) {
            String content = "content " + i + " ".repeat(i % 7);
            child.send("replace swapped " + content);
            assertThat(Files.readString(path("swapped"))).isEqualTo(content);
        }
    }

    @Test
    void replacedFile_isReadAnewByTheNextOpen_whileTheOldOneIsStillRead() throws Exception {
        child.send("replace both old-old-old");
        try (FileChannel old = FileChannel.open(path("both"))) {
            old.read(ByteBuffer.allocate(11), 0);
            child.send("replace both NEW-NEW-NEW");
            try (FileChannel fresh = FileChannel.open(path("both"))) {
                ByteBuffer ofOld = ByteBuffer.allocate(11);
                old.read(ofOld, 0);
                ByteBuffer ofFresh = ByteBuffer.allocate(11);
                fresh.read(ofFresh, 0);
                assertThat(new String(ofFresh.array())).isEqualTo("NEW-NEW-NEW");
            }
        }
        assertThat(Files.readString(path("both"))).isEqualTo("NEW-NEW-NEW");
    }

    @Test
    void filesMadeSideBySide_areBothCachedByTheKernel() throws Exception {
        int first = open(path("made-1"), Posix.O_CREAT | Posix.O_RDWR);
        int second = open(path("made-2"), Posix.O_CREAT | Posix.O_RDWR);
        Pointer page = Posix.memory(4096);
        assertThat(Posix.LIBC.pwrite(second, page, 4096, 0)).isEqualTo(4096);
        long reads = count("read");
        assertThat(Posix.LIBC.pread(second, page, 4096, 0)).isEqualTo(4096);
        assertThat(Posix.LIBC.pread(second, page, 4096, 0)).isEqualTo(4096);
        assertThat(count("read")).isEqualTo(reads);
        close(first);
        close(second);
    }

    @Test
    void append_fromTwoHandles_losesNothing() throws Exception {
        Path file = path("appended");
        try (FileChannel a = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                FileChannel b = FileChannel.open(file, StandardOpenOption.APPEND)) {
            for (int i = 0; i < 50; i++) {
                a.write(ByteBuffer.wrap("a".getBytes()));
                b.write(ByteBuffer.wrap("b".getBytes()));
            }
        }
        assertThat(Files.readString(file)).isEqualTo("ab".repeat(50));
    }

    @Test
    void truncate_shrinksGrowsAndZeroes() throws Exception {
        Path file = path("truncated");
        Files.write(file, pattern(10_000, 9));
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            open.setLength(100);
            open.setLength(5000);
        }
        byte[] expected = Arrays.copyOf(Arrays.copyOf(pattern(10_000, 9), 100), 5000);
        assertThat(Files.readAllBytes(file)).isEqualTo(expected);
        assertThat(Posix.LIBC.truncate(Posix.path(file), 7)).isZero();
        assertThat(Files.size(file)).isEqualTo(7);
        Files.write(file, new byte[] {1});
        assertThat(Files.readAllBytes(file)).containsExactly(1);
    }

    @Test
    void unlinkedFile_isReadAndWrittenThroughItsHandle() throws Exception {
        Path file = path("unlinked");
        byte[] bytes = pattern(70_000, 10);
        Files.write(file, bytes);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            Files.delete(file);
            assertThat(Files.exists(file)).isFalse();
            assertThat(channel.size()).isEqualTo(bytes.length);
            channel.write(ByteBuffer.wrap(new byte[] {42}), 69_999);
            ByteBuffer back = ByteBuffer.allocate(70_000);
            while (back.hasRemaining() && channel.read(back, back.position()) > 0) {
                // Until all is there.
            }
            bytes[69_999] = 42;
            assertThat(back.array()).isEqualTo(bytes);
        }
    }

    @Test
    void renamedFile_isStillTheOneThatIsOpen() throws Exception {
        Files.writeString(path("from"), "moved");
        try (FileChannel channel = FileChannel.open(path("from"))) {
            Files.move(path("from"), path("to"));
            ByteBuffer bytes = ByteBuffer.allocate(5);
            channel.read(bytes, 0);
            assertThat(new String(bytes.array())).isEqualTo("moved");
        }
        assertThat(Files.readString(path("to"))).isEqualTo("moved");
    }

    @Test
    void notice_ofAChange_isHeededWhileTheFileIsOpen() throws Exception {
        Files.writeString(path("noticed"), "before");
        try (FileChannel channel = FileChannel.open(path("noticed"))) {
            assertThat(content(channel)).isEqualTo("before");
            child.send("overwrite noticed after!");
            assertThat(content(channel)).as("from the kernel's pages").isEqualTo("before");
            assertThat(child.send("invalidate noticed")).isEqualTo("true");
            assertThat(content(channel)).isEqualTo("after!");
        }
        if (!capabilities.contains(Capability.NOTIFY)) {
            eventually(() -> assertThat(child.send("invalidate noticed")).isEqualTo("false"));
            assertThat(child.send("invalidate-entry noticed")).isEqualTo("false");
        }
    }

    /** What is mapped shows the new bytes, though nobody has asked for the size. */
    @Test
    void notice_ofGrowth_dropsTheOldEnd_andGivesTheNewSize() throws Exception {
        Files.writeString(path("grows"), "before");
        int descriptor = open(path("grows"), 0);
        Pointer map = Posix.LIBC.mmap(null, 4096, PROT_READ, MAP_SHARED, descriptor, 0);
        assertThat(map.getByte(6)).isZero();
        child.send("overwrite grows before,and-after!");
        assertThat(map.getByte(6)).as("from the kernel's pages").isZero();
        assertThat(child.send("tell-growth grows 6,17,!")).isEqualTo("true");
        byte[] shown = new byte[18];
        map.get(0, shown, 0, 18);
        assertThat(new String(shown)).isEqualTo("before,and-after!\0");
        assertThat(Posix.LIBC.munmap(map, 4096)).isZero();
        close(descriptor);
    }

    /** libfuse does not say what the kernel calls a file that was just made, until a lock is asked for. */
    @Test
    void notice_ofAFileThatWasMadeHere_isHeededOnceItIsLocked() throws Exception {
        int descriptor = open(path("made-and-noticed"), Posix.O_CREAT | Posix.O_RDWR);
        Pointer memory = Posix.memory(4096);
        memory.put(0, "before".getBytes(), 0, 6);
        assertThat(Posix.LIBC.pwrite(descriptor, memory, 6, 0)).isEqualTo(6);
        assertThat(Posix.LIBC.flock(descriptor, Posix.LOCK_EX)).isZero();
        child.send("overwrite made-and-noticed after!");
        assertThat(child.send("invalidate made-and-noticed")).isEqualTo("true");
        assertThat(new String(readAt(descriptor, 0, 6))).isEqualTo("after!");
        close(descriptor);
    }

    private static String content(FileChannel channel) throws Exception {
        ByteBuffer bytes = ByteBuffer.allocate(6);
        channel.read(bytes, 0);
        return new String(bytes.array());
    }

    @Test
    void sharedMapping_isWrittenBack() throws Exception {
        Files.write(path("mapped"), new byte[8192]);
        int descriptor = open(path("mapped"), Posix.O_RDWR);
        Pointer map = Posix.LIBC.mmap(null, 8192, PROT_READ_WRITE, MAP_SHARED, descriptor, 0);
        close(descriptor);
        map.putByte(5000, (byte) 77);
        assertThat(Posix.LIBC.msync(map, 8192, MS_SYNC)).isZero();
        assertThat(Posix.LIBC.munmap(map, 8192)).isZero();
        assertThat(Files.readAllBytes(path("mapped"))[5000]).isEqualTo((byte) 77);
    }

    @Test
    void fsync_andFdatasync_arrive() throws Exception {
        int descriptor = open(path("synced"), Posix.O_CREAT | Posix.O_WRONLY);
        long full = count("fsync");
        long data = count("fdatasync");
        assertThat(Command.run("sync", path("synced")).status()).isZero();
        assertThat(Posix.LIBC.fdatasync(descriptor)).isZero();
        close(descriptor);
        assertThat(count("fsync")).isEqualTo(full + 1);
        assertThat(count("fdatasync")).isEqualTo(data + 1);
    }

    @Test
    void fallocate_grows_andItsErrorArrives() throws Exception {
        int descriptor = open(path("allocated"), Posix.O_CREAT | Posix.O_RDWR);
        assertThat(Posix.LIBC.fallocate(descriptor, 0, 0, 12_345)).isZero();
        assertThat(Files.size(path("allocated"))).isEqualTo(12_345);
        int punchHole = 3;
        assertThat(failing(Posix.LIBC.fallocate(descriptor, punchHole, 0, 4096)))
                .isEqualTo(Errno.EOPNOTSUPP);
        close(descriptor);
    }
}
