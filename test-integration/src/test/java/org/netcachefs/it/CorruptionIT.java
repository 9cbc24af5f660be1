package org.netcachefs.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.netcachefs.it.harness.Command;
import org.netcachefs.it.harness.Content;
import org.netcachefs.it.harness.MountedDaemon;
import org.netcachefs.it.harness.Scratch;
import org.netcachefs.it.harness.Stat;
import org.netcachefs.it.harness.Trees;

/** Promise: a damaged cache never makes a read wrong and never keeps a mount from being made. */
class CorruptionIT {
    private static final int SECTOR = 4096;

    private final Scratch scratch = Scratch.make("corruption");
    private List<Trees.Made> files;
    private MountedDaemon daemon;

    @AfterEach
    void cleanUp() throws Exception {
        scratch.close();
    }

    private void fillAndUnmount() throws Exception {
        Path tree = scratch.folder("tree");
        files = Trees.make(tree, 150);
        daemon = MountedDaemon.mount(scratch, tree, "mount", "256M").browse();
        verify();
        daemon.settle();
        daemon.umount();
    }

    private void verify() throws IOException {
        for (Trees.Made file : files) {
            Content.verify(daemon.path(file.path()), file.seed(), file.size());
        }
    }

    @Test
    void flippedByteInADataSector_isReadRightAndCounted() throws Exception {
        fillAndUnmount();
        Trees.Made victim = files.get(14);
        flip(
                daemon.cache().resolve("data"),
                find(daemon.cache().resolve("data"), Content.bytes(victim.seed(), 8 * SECTOR, SECTOR)) + 100);

        daemon.start();
        daemon.browse();
        verify();

        assertThat(daemon.stat().number("errors.checksum")).isPositive();
        long upstream = daemon.settle().number("upstream.read_bytes");
        assertThat(upstream)
                .as("only what was damaged is fetched, and what was read beside it that moment")
                .isBetween((long) SECTOR, 2 * victim.size());
        daemon.remount();
        verify();
        assertThat(daemon.stat().number("errors.checksum"))
                .as("mended by the fetch")
                .isZero();
        assertThat(daemon.stat().number("upstream.read_bytes")).isZero();
    }

    @Test
    void flippedByteInAnIndexFile_mountsReadsRightAndSaysSo() throws Exception {
        fillAndUnmount();
        daemon.start(); // opening writes what the log held into a table file
        daemon.umount();
        for (Path table : tables()) {
            flip(table, Files.size(table) / 3);
        }

        daemon.start();
        verify();

        Stat stat = daemon.stat();
        boolean said = stat.number("errors.index") > 0
                || !stat.text("cache.health_reason").isEmpty()
                || daemon.said().contains("index");
        assertThat(said).as(() -> "said so: " + stat.json()).isTrue();
        verify();
    }

    @Test
    void truncatedIndexAndDataFiles_mountAndReadRight() throws Exception {
        fillAndUnmount();
        try (Stream<Path> index = Files.list(daemon.cache().resolve("index"))) {
            for (Path file : index.filter(Files::isRegularFile).toList()) {
                cut(file, Files.size(file) / 2);
            }
        }
        daemon.start();
        verify();
        daemon.settle();
        daemon.umount();
        cut(daemon.cache().resolve("data"), Files.size(daemon.cache().resolve("data")) / 2);
        daemon.start();
        verify();
    }

    @Test
    void flippedByteInTheSuperblock_isAMountWithoutCacheThatSaysSo() throws Exception {
        fillAndUnmount();
        flip(daemon.cache().resolve("superblock"), 10);

        Command.Result refused =
                daemon.command(daemon.mountArguments("--require-cache")).expect(22);
        assertThat(refused.err())
                .contains(daemon.cache().toString())
                .contains("superblock")
                .contains("--recreate");
        assertThat(refused.err().strip().lines()).hasSize(1);

        daemon.start();
        verify();
        assertThat(daemon.stat().text("cache.health")).isEqualTo("OFFLINE");
        assertThat(daemon.stat().text("cache.health_reason")).contains("superblock");
        assertThat(daemon.said()).contains("superblock");
    }

    private List<Path> tables() throws IOException {
        try (Stream<Path> index = Files.list(daemon.cache().resolve("index"))) {
            List<Path> tables = index.filter(path -> path.toString().endsWith(".sst"))
                    .sorted(Comparator.naturalOrder())
                    .toList();
            assertThat(tables).isNotEmpty();
            return tables;
        }
    }

    private static void flip(Path file, long at) throws IOException {
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            open.seek(at);
            int was = open.read();
            open.seek(at);
            open.write(was ^ 0x40);
        }
    }

    private static void cut(Path file, long size) throws IOException {
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            open.setLength(size);
        }
    }

    /** Where in a file, at a multiple of the sector size, these bytes lie. */
    private static long find(Path file, byte[] sector) throws IOException {
        byte[] buffer = new byte[SECTOR];
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "r")) {
            for (long at = 0; at + SECTOR <= open.length(); at += SECTOR) {
                open.seek(at);
                open.readFully(buffer);
                if (Arrays.equals(buffer, sector)) {
                    return at;
                }
            }
        }
        throw new AssertionError("the sector is not in " + file);
    }
}
