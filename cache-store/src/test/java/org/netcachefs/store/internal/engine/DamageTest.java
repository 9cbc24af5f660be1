package org.netcachefs.store.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.netcachefs.store.BlockCache;
import org.netcachefs.store.ByteRange;
import org.netcachefs.store.CacheConfig;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.CacheException.Reason;
import org.netcachefs.store.CacheStore;
import org.netcachefs.store.CoherencyData;
import org.netcachefs.store.Cookie;
import org.netcachefs.store.Health;
import org.netcachefs.store.Volume;
import org.netcachefs.store.Watermarks;
import org.netcachefs.store.contract.CacheProbe;

/** What is damaged is told with its file and the remedy; what can be begun anew is, and no byte is wrong. */
class DamageTest {
    private static final int SIZE = 400_000;
    private static final CoherencyData DATA = new CoherencyData(SIZE, 1, 1);

    @TempDir
    Path base;

    private final byte[] content = PersistentStoreTest.bytes(9, SIZE);

    private Path directory() {
        return base.resolve("cache");
    }

    private static CacheConfig config(Path directory, long mebibytes, OptionalLong blockBytes, boolean recreate) {
        return new CacheConfig(
                directory,
                mebibytes == 0 ? OptionalLong.empty() : OptionalLong.of(mebibytes << 20),
                Optional.empty(),
                OptionalLong.empty(),
                blockBytes,
                true,
                Watermarks.DEFAULT,
                64L << 20,
                4,
                recreate);
    }

    private BlockCache open(long mebibytes) throws CacheException {
        return CacheStore.open(config(directory(), mebibytes, OptionalLong.empty(), false));
    }

    private CacheException refusal(CacheConfig config) {
        return catchThrowableOfType(
                CacheException.class, () -> CacheStore.open(config).close());
    }

    private void fillOne() throws Exception {
        try (BlockCache cache = open(100)) {
            Volume volume = cache.volume(PersistentStoreTest.KEY);
            Cookie cookie = volume.acquire(PersistentStoreTest.file(volume, "f"), DATA);
            PersistentStoreTest.fill(cache, cookie, 0, content);
            cookie.relinquish();
        }
    }

    private static void flip(Path file, long position) throws Exception {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(position);
            int old = bytes.read();
            bytes.seek(position);
            bytes.write(old ^ 0x10);
        }
    }

    @Test
    void superblock_flippedOrCut_isDamaged_andRecreated() throws Exception {
        fillOne();
        Path superblock = directory().resolve("superblock");
        byte[] good = Files.readAllBytes(superblock);
        for (int at = 0; at < good.length; at += 37) {
            byte[] bad = good.clone();
            bad[at] ^= 1;
            Files.write(superblock, bad);
            assertDamaged(refusal(config(directory(), 0, OptionalLong.empty(), false)), "superblock");
        }
        for (int length : new int[] {0, 1, 100, good.length - 1}) {
            Files.write(superblock, java.util.Arrays.copyOf(good, length));
            assertDamaged(refusal(config(directory(), 0, OptionalLong.empty(), false)), "superblock");
        }
        Files.delete(superblock);
        assertDamaged(refusal(config(directory(), 100, OptionalLong.empty(), false)), "superblock");
        CacheStore.open(config(directory(), 100, OptionalLong.empty(), true)).close();
    }

    @Test
    void recreate_withASizeThatIsRefused_dropsNothing() throws Exception {
        fillOne();
        assertThat(refusal(config(directory(), 1, OptionalLong.empty(), true)).reason())
                .isEqualTo(Reason.SIZE);
        assertThat(directory().resolve("superblock")).exists();
        assertThat(directory().resolve("data")).exists();
    }

    private static void assertDamaged(CacheException refusal, String file) {
        assertThat(refusal.reason()).isEqualTo(Reason.DAMAGED);
        assertThat(refusal.getMessage()).contains(file, "--recreate").doesNotContain("\n");
    }

    @Test
    void dataFile_cut_isDamaged() throws Exception {
        fillOne();
        try (RandomAccessFile data =
                new RandomAccessFile(directory().resolve("data").toFile(), "rw")) {
            data.setLength(data.length() - 1);
        }
        assertDamaged(refusal(config(directory(), 0, OptionalLong.empty(), false)), "data");
    }

    @Test
    void otherBlockSize_isAnotherFormat() throws Exception {
        fillOne();
        CacheException refusal = refusal(config(directory(), 0, OptionalLong.of(1 << 20), false));
        assertThat(refusal.reason()).isEqualTo(Reason.OTHER_FORMAT);
    }

    @Test
    void sizes_thatCannotBe_areRefused_withTheSmallest() {
        CacheException missing = refusal(config(directory(), 0, OptionalLong.empty(), false));
        assertThat(missing.reason()).isEqualTo(Reason.SIZE);
        CacheException small = refusal(config(directory(), 64, OptionalLong.empty(), false));
        assertThat(small.reason()).isEqualTo(Reason.SIZE);
        assertThat(small.getMessage()).contains("81M");
        CacheException large = refusal(config(directory(), 1L << 30, OptionalLong.empty(), false));
        assertThat(large.reason()).isEqualTo(Reason.SIZE);
        assertThat(large.getMessage()).contains("larger than the disk");
        assertThat(directory()).doesNotExist();
    }

    @Test
    void directory_othersMayWriteTo_isRefused() throws Exception {
        Files.createDirectory(directory());
        Files.setPosixFilePermissions(directory(), PosixFilePermissions.fromString("rwxrwxrwx"));
        CacheException refusal = refusal(config(directory(), 100, OptionalLong.empty(), false));
        assertThat(refusal.reason()).isEqualTo(Reason.PERMISSION);
    }

    @Test
    void flippedByteInASector_isFound_andIsAHole() throws Exception {
        fillOne();
        Path data = directory().resolve("data");
        byte[] all = Files.readAllBytes(data);
        int at = indexOf(all, java.util.Arrays.copyOfRange(content, 8192, 8192 + 64));
        flip(data, at + 5);
        try (BlockCache cache = open(0)) {
            Volume volume = cache.volume(PersistentStoreTest.KEY);
            Cookie cookie = volume.acquire(PersistentStoreTest.file(volume, "f"), DATA);
            assertThat(cookie.nextExtent(new ByteRange(0, SIZE)).cached()).isTrue();
            assertThat(catchThrowable(() -> PersistentStoreTest.readAsync(cookie, 8192, 4096)))
                    .isNotNull();
            Awaitility.await()
                    .until(() -> cookie.nextExtent(new ByteRange(8192, 4096)).isHole());
            assertThat(cache.statistics().errors().checksum()).isPositive();
            assertThat(PersistentStoreTest.read(cookie, 0, 8192))
                    .isEqualTo(java.util.Arrays.copyOfRange(content, 0, 8192));
            PersistentStoreTest.fill(cache, cookie, 0, content);
            assertThat(PersistentStoreTest.read(cookie, 0, SIZE)).isEqualTo(content);
            cookie.relinquish();
        }
    }

    private static int indexOf(byte[] all, byte[] part) {
        for (int at = 0; at < all.length - part.length; at += 4096) {
            if (java.util.Arrays.equals(all, at, at + part.length, part, 0, part.length)) {
                return at;
            }
        }
        throw new AssertionError("not found");
    }

    @Test
    void flippedByteInTheIndex_isFoundAndSaid_andNoByteIsWrong() throws Exception {
        fillOne();
        List<Path> tables;
        try (Stream<Path> files = Files.list(directory().resolve("index"))) {
            tables = files.filter(file -> file.toString().endsWith(".sst")).toList();
        }
        assertThat(tables).isNotEmpty();
        Path copy = base.resolve("copy");
        for (Path table : tables) {
            copy(directory(), copy);
            long length = Files.size(table);
            for (long at : new long[] {3, length / 2, length - 60}) {
                flip(copy.resolve("index").resolve(table.getFileName()), at);
                lookInto(copy);
                IndexOpener.delete(copy);
                copy(directory(), copy);
            }
            IndexOpener.delete(copy);
        }
    }

    private void lookInto(Path directory) throws Exception {
        try (BlockCache cache = CacheStore.open(config(directory, 0, OptionalLong.empty(), false))) {
            assertThat(cache.statistics().health()).isEqualTo(Health.HEALTHY);
            Volume volume = cache.volume(PersistentStoreTest.KEY);
            Cookie cookie = volume.acquire(PersistentStoreTest.file(volume, "f"), DATA);
            if (cookie.nextExtent(new ByteRange(0, SIZE)).isHole()) {
                assertThat(cache.statistics().healthReason()).contains("index", "dropped");
                PersistentStoreTest.fill(cache, cookie, 0, content);
            }
            assertThat(PersistentStoreTest.readAsync(cookie, 0, SIZE)).isEqualTo(content);
            cookie.relinquish();
        }
    }

    private static void copy(Path from, Path to) throws Exception {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
        Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void missingIndexFiles_areBegunAnew() throws Exception {
        fillOne();
        Files.delete(directory().resolve("index").resolve("CURRENT"));
        try (BlockCache cache = open(0)) {
            assertThat(cache.statistics().health()).isEqualTo(Health.HEALTHY);
        }
        fillOne();
    }

    @Test
    void size_grows_andShrinks_keepingWhatFits() throws Exception {
        fillOne();
        long slots;
        try (BlockCache cache = open(200)) {
            slots = cache.statistics().slots().total();
            assertThat(cache.statistics().sizeBytes()).isEqualTo(200L << 20);
            assertRead(cache);
        }
        try (BlockCache cache = open(90)) {
            assertThat(cache.statistics().slots().total()).isLessThan(slots);
            assertThat(cache.statistics().sizeBytes()).isEqualTo(90L << 20);
            assertThat(SpaceTest.occupied(directory())).isLessThanOrEqualTo(90L << 20);
            assertRead(cache);
        }
    }

    private void assertRead(BlockCache cache) throws Exception {
        Volume volume = cache.volume(PersistentStoreTest.KEY);
        Cookie cookie = volume.acquire(PersistentStoreTest.file(volume, "f"), DATA);
        Awaitility.await()
                .atMost(CacheProbe.PATIENCE)
                .until(() -> cookie.nextExtent(new ByteRange(0, SIZE)).cached());
        assertThat(PersistentStoreTest.readAsync(cookie, 0, SIZE)).isEqualTo(content);
        cookie.relinquish();
    }
}
