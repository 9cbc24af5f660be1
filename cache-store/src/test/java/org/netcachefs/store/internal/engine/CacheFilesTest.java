package org.netcachefs.store.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.netcachefs.store.BlockCache;
import org.netcachefs.store.CacheConfig;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.CacheException.Reason;
import org.netcachefs.store.CacheStore;
import org.netcachefs.store.Watermarks;
import org.netcachefs.store.internal.data.Superblock;

/** What is not a cache's is left alone. */
class CacheFilesTest {
    private static final long SIZE = 100L << 20;

    @TempDir
    Path base;

    private Path directory;

    @BeforeEach
    void makeDirectory() throws IOException {
        directory = Files.createDirectory(
                base.resolve("cache"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    private CacheConfig config(boolean recreate, Optional<Path> data) {
        return config(OptionalLong.of(SIZE), recreate, data);
    }

    private CacheConfig config(OptionalLong size, boolean recreate, Optional<Path> data) {
        return new CacheConfig(
                directory,
                size,
                data,
                OptionalLong.empty(),
                OptionalLong.empty(),
                false,
                Watermarks.DEFAULT,
                1L << 20,
                1,
                recreate);
    }

    private void open(boolean recreate) throws CacheException {
        CacheStore.open(config(recreate, Optional.empty())).close();
    }

    private CacheException refused(boolean recreate) {
        return catchThrowableOfType(CacheException.class, () -> open(recreate));
    }

    private Stream<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList().stream();
        }
    }

    @Test
    void cacheMadeAnew_withoutASize_hasTheOneItHad() throws Exception {
        open(false);
        Files.delete(directory.resolve("data"));
        try (BlockCache cache = CacheStore.open(config(OptionalLong.empty(), true, Optional.empty()))) {
            assertThat(cache.statistics().sizeBytes()).isEqualTo(SIZE);
        }
        Files.write(directory.resolve("superblock"), new byte[10]);
        CacheException refusal = catchThrowableOfType(
                CacheException.class, () -> CacheStore.open(config(OptionalLong.empty(), true, Optional.empty())));
        assertThat(refusal.reason()).isEqualTo(Reason.SIZE);
        assertThat(refusal).hasMessageContaining("--size");
        open(true);
    }

    @Test
    void directoryThatWasNeverACache_isLeftAlone_alsoWhenItIsToBeRecreated() throws Exception {
        for (String name : new String[] {"data", "superblock", "index"}) {
            Path precious = directory.resolve(name);
            Files.writeString(precious, "important");
            for (boolean recreate : new boolean[] {false, true}) {
                CacheException refusal = refused(recreate);
                assertThat(refusal.reason()).isEqualTo(Reason.NOT_OURS);
                assertThat(refusal).hasMessageContaining(name).hasMessageNotContaining("recreate");
                assertThat(precious).hasContent("important");
                assertThat(names()).containsExactly(name);
            }
            Files.delete(precious);
        }
    }

    @Test
    void otherFilesBesideACaches_areLeftAlone() throws Exception {
        Files.createDirectory(directory.resolve("lost+found"));
        open(false);
        open(true);
        assertThat(names()).contains("lost+found", "data");
    }

    @Test
    void cacheThatLostItsSuperblock_isRecreatedIfAsked() throws Exception {
        open(false);
        Files.delete(Superblock.file(directory));
        assertThat(refused(false).reason()).isEqualTo(Reason.DAMAGED);
        open(true);
    }

    @Test
    void cacheThatLostItsData_saysSo_andMakesNone() throws Exception {
        open(false);
        Files.delete(directory.resolve("data"));
        assertThat(refused(false)).hasMessageContaining("data: is missing");
        assertThat(directory.resolve("data")).doesNotExist();
        open(true);
    }

    @Test
    void makingThatWasKilledHalfway_isDoneAgain() throws Exception {
        open(false);
        Files.delete(Superblock.file(directory));
        IndexOpener.delete(directory.resolve(IndexOpener.NAME));
        open(false);
        assertThat(Superblock.file(directory)).exists();
    }

    @Test
    void dataFileThatHoldsSomething_isNotTaken_unlessItIsToBeOverwritten() throws Exception {
        Path data = base.resolve("file");
        Files.writeString(data, "important");
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rw-r--r--"));
        CacheException refusal =
                catchThrowableOfType(CacheException.class, () -> CacheStore.open(config(false, Optional.of(data))));
        assertThat(refusal.reason()).isEqualTo(Reason.NOT_OURS);
        assertThat(data).hasContent("important");
        CacheStore.open(config(true, Optional.of(data))).close();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data)))
                .isEqualTo("rw-------");
        CacheStore.open(config(false, Optional.of(data))).close();
    }
}
