package org.netcachefs.it;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.netcachefs.it.harness.Actor;
import org.netcachefs.it.harness.Command;
import org.netcachefs.it.harness.Content;
import org.netcachefs.it.harness.MountedDaemon;
import org.netcachefs.it.harness.Posix;
import org.netcachefs.it.harness.Scratch;
import org.netcachefs.it.harness.TestUpstream;

/** Promise: errors of upstream reach the program that wrote, when they come; and whoever else writes the file, what upstream has is what is read. */
class WriteErrorsIT {
    private static final int BLOCK = 256 << 10;
    private static final Map<String, String> MESSAGES =
            Map.of("EDQUOT", "Disk quota exceeded", "ENOSPC", "No space left on device", "EIO", "Input/output error");

    private final Scratch scratch = Scratch.make("write-errors");

    @AfterEach
    void cleanUp() throws Exception {
        scratch.close();
    }

    /** A disk of 24 MiB. */
    private Path smallDisk() throws Exception {
        Path image = scratch.directory().resolve("image");
        Path disk = scratch.folder("disk");
        Command.run(List.of("truncate", "-s", "24M", image.toString())).expect(0);
        Command.run(List.of("mkfs.ext4", "-q", "-m", "0", image.toString())).expect(0);
        Command.run(List.of("mount", "-o", "loop", image.toString(), disk.toString()))
                .expect(0);
        return disk;
    }

    @Test
    void fullUpstream_isToldToTheWriter_andWhatItHoldsIsRead() throws Exception {
        Path disk = smallDisk();
        MountedDaemon daemon = MountedDaemon.mount(scratch, disk, "mount", "128M");
        Content.write(daemon.path("first"), 1, 2 << 20);
        Path file = daemon.path("full");
        assertThat(write(file, 64 << 20)).isEqualTo("No space left on device");
        long size = Files.size(disk.resolve("full"));
        assertThat(size).isGreaterThan(8 << 20);
        sameAsUpstream(daemon, disk, "full");
        Content.verify(daemon.path("first"), 1, 2 << 20);

        Command.run(List.of("fallocate", "-l", "64M", daemon.path("large").toString()))
                .expect(1);
        Files.delete(file);
        Files.deleteIfExists(daemon.path("large"));
        Content.write(daemon.path("second"), 2, 4 << 20);
        Content.verify(disk.resolve("second"), 2, 4 << 20);
        Content.verify(daemon.path("second"), 2, 4 << 20);
    }

    /** The error's message, or an empty text. */
    private static String write(Path file, long size) throws IOException {
        byte[] piece = Content.bytes(9, 0, 1 << 20);
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            for (long at = 0; at < size; at += piece.length) {
                open.write(piece);
            }
            return "";
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static void sameAsUpstream(MountedDaemon daemon, Path upstream, String name) throws IOException {
        assertThat(Files.mismatch(daemon.path(name), upstream.resolve(name)))
                .as("first difference of " + name)
                .isEqualTo(-1);
    }

    @Test
    void errorsOfWriteFsyncAndClose_reachTheirCaller_andWhatUpstreamHoldsIsRead() throws Exception {
        Path tree = scratch.folder("tree");
        TestUpstream upstream = TestUpstream.show(scratch, tree, "upstream");
        MountedDaemon daemon = MountedDaemon.mount(scratch, upstream.mountPoint(), "mount", "128M");
        for (String operation : List.of("write", "fsync", "flush")) {
            for (String errno : List.of("EDQUOT", "ENOSPC", "EIO")) {
                Files.writeString(tree.resolve("f"), "-".repeat(100_000));
                assertThat(Files.readString(daemon.path("f"))).hasSize(100_000);
                try (Actor actor = Actor.open(scratch, daemon.path("f"))) {
                    assertThat(actor.does("write 4096 before")).isEqualTo("ok");
                    upstream.errorOf(operation, errno);
                    String call = switch (operation) {
                        case "write" -> "write 8192 lost";
                        case "fsync" -> "sync";
                        default -> "close";
                    };
                    assertThat(actor.does(call)).as(operation).isEqualTo(MESSAGES.get(errno));
                    overwrite(tree.resolve("f"), 4096, "what the server made of it".getBytes());
                    upstream.errorOf(operation, "none");
                }
                sameAsUpstream(daemon, tree, "f");
            }
        }
    }

    @Test
    void errorsOfMappedWrites_reachMsync_andWhatUpstreamHoldsIsRead() throws Exception {
        Path tree = scratch.folder("tree");
        TestUpstream upstream = TestUpstream.show(scratch, tree, "upstream");
        MountedDaemon daemon = MountedDaemon.mount(scratch, upstream.mountPoint(), "mount", "128M");
        Files.writeString(tree.resolve("f"), "-".repeat(100_000));
        try (Posix.File file = Posix.open(daemon.path("f"), Posix.O_RDWR);
                Posix.Mapping mapping = file.map(0, 100_000)) {
            mapping.write(4096, "written".getBytes(US_ASCII));
            mapping.sync();
            upstream.errorOf("write", "ENOSPC");
            mapping.write(8192, "lost".getBytes(US_ASCII));
            assertThatThrownBy(mapping::sync)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(MESSAGES.get("ENOSPC"));
            upstream.errorOf("write", "none");
        }
        sameAsUpstream(daemon, tree, "f");
        assertThat(Files.readString(tree.resolve("f"))).contains("-written-");
    }

    private static void overwrite(Path file, long offset, byte[] bytes) throws IOException {
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            open.seek(offset);
            open.write(bytes);
        }
    }

    /** Someone beside the mount writes another block of the same file at the same time; sizes stay, time stamps may too. */
    @Test
    void foreignWriterOfAnotherBlock_isSeenByTheNextOpen() throws Exception {
        Path tree = scratch.folder("tree");
        MountedDaemon daemon = MountedDaemon.mount(scratch, tree, "mount", "128M");
        Random random = new Random(4);
        byte[] expected = Content.bytes(4, 0, 8 * BLOCK);
        Files.write(tree.resolve("f"), expected);
        for (int round = 0; round < 60; round++) {
            assertThat(Arrays.mismatch(Files.readAllBytes(daemon.path("f")), expected))
                    .as("round " + round)
                    .isEqualTo(-1);
            int ours = random.nextInt(8);
            int theirs = (ours + 1 + random.nextInt(7)) % 8;
            try (RandomAccessFile through =
                            new RandomAccessFile(daemon.path("f").toFile(), "rw");
                    RandomAccessFile beside =
                            new RandomAccessFile(tree.resolve("f").toFile(), "rw")) {
                for (int i = 0; i < 3; i++) {
                    change(through, expected, ours, random);
                    change(beside, expected, theirs, random);
                }
                if (random.nextBoolean()) {
                    through.seek(0);
                    through.readFully(new byte[BLOCK]); // what others see meanwhile is not kept either
                }
                change(beside, expected, theirs, random);
                change(through, expected, ours, random);
            }
        }
    }

    private static void change(RandomAccessFile file, byte[] expected, int block, Random random) throws IOException {
        byte[] piece = new byte[1 + random.nextInt(50_000)];
        random.nextBytes(piece);
        int offset = block * BLOCK + random.nextInt(BLOCK - piece.length);
        file.seek(offset);
        file.write(piece);
        System.arraycopy(piece, 0, expected, offset, piece.length);
    }
}
