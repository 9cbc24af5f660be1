package org.netcachefs.it.harness;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Makes folders full of files, the same at each run, and compares two. */
public final class Trees {
    /** Around the sizes of a sector (4 KiB) and a block (256 KiB). */
    private static final int[] SIZES = {
        0, 1, 17, 4095, 4096, 4097, 12_288, 65_536, 131_073, 262_143, 262_144, 262_145, 300_000, 524_288, 1_048_579
    };

    private Trees() {}

    /** A file made here: relative path, seed of its {@link Content} and size in bytes. */
    public record Made(String path, long seed, long size) {}

    /** {@code count} files of sizes around those that matter, fifty to a folder. */
    public static List<Made> make(Path root, int count) throws IOException {
        List<Made> made = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            made.add(file(root, "d" + i / 50 + "/f" + i, i, SIZES[i % SIZES.length]));
        }
        return made;
    }

    /** {@code count} files of 1 to {@code largest} bytes, a hundred to a folder. */
    public static List<Made> small(Path root, int count, int largest) throws IOException {
        Random random = new Random(count);
        List<Made> made = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            made.add(file(root, "s" + i / 100 + "/f" + i, i, 1 + random.nextInt(largest)));
        }
        return made;
    }

    public static Made file(Path root, String relative, long seed, long size) throws IOException {
        Path file = root.resolve(relative);
        Files.createDirectories(file.getParent());
        Content.write(file, seed, size);
        return new Made(relative, seed, size);
    }

    /** A file of {@code size} bytes that takes no space but for a megabyte at its start, middle and end. */
    public static void sparse(Path file, long size) throws IOException {
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            out.setLength(size);
            int piece = 1 << 20;
            for (long at : new long[] {0, size / 2 & -8, (size - piece) & -8}) {
                out.seek(at);
                out.write(Content.bytes(7, at, (int) Math.min(piece, size - at)));
            }
        }
    }

    /** Names, types and shapes that are legal and often forgotten. */
    public static void oddities(Path root) throws IOException {
        file(root, "with space/a file  with spaces ", 1, 5000);
        file(root, "utf8/café ☕ 日本.txt", 2, 5000);
        file(root, "newline/a\nb", 3, 5000);
        file(root, "quote/\"'\\$`*?", 4, 5000);
        file(root, "long/" + "n".repeat(255), 5, 5000);
        file(root, "deep" + "/d".repeat(25) + "/bottom", 6, 300_000);
        Path links = Files.createDirectories(root.resolve("links"));
        file(root, "links/target", 8, 70_000);
        Files.createLink(links.resolve("hard"), links.resolve("target"));
        Files.createSymbolicLink(links.resolve("relative"), Path.of("target"));
        Files.createSymbolicLink(links.resolve("dangling"), Path.of("nowhere/at all"));
        Files.createSymbolicLink(links.resolve("folder"), Path.of("../deep"));
        Files.createDirectories(root.resolve("empty"));
        Posix.mkfifo(links.resolve("fifo"));
        try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(UnixDomainSocketAddress.of(links.resolve("socket")));
        }
    }

    /** Fails unless both trees hold the same names, types, modes, times, sizes, link targets and bytes; returns the bytes compared. */
    public static long assertSame(Path expected, Path actual) throws IOException {
        if (!names(expected).equals(names(actual))) {
            throw new AssertionError("names differ: " + names(expected) + " and " + names(actual));
        }
        long bytes = 0;
        for (Path relative : names(expected)) {
            bytes += assertSameFile(expected.resolve(relative), actual.resolve(relative));
        }
        return bytes;
    }

    private static long assertSameFile(Path expected, Path actual) throws IOException {
        String[] seen = {"mode", "nlink", "uid", "gid", "size", "lastModifiedTime", "ctime"};
        for (String attribute : seen) {
            Object one = Files.getAttribute(expected, "unix:" + attribute, LinkOption.NOFOLLOW_LINKS);
            Object other = Files.getAttribute(actual, "unix:" + attribute, LinkOption.NOFOLLOW_LINKS);
            if (!one.equals(other)) {
                throw new AssertionError(actual + ": " + attribute + " " + other + ", not " + one);
            }
        }
        if (Files.isSymbolicLink(expected)) {
            if (!Files.readSymbolicLink(expected).equals(Files.readSymbolicLink(actual))) {
                throw new AssertionError(actual + " leads to " + Files.readSymbolicLink(actual));
            }
        } else if (Files.isRegularFile(expected)) {
            long at = Files.mismatch(expected, actual);
            if (at >= 0) {
                throw new AssertionError(actual + " differs at byte " + at);
            }
            return Files.size(expected);
        }
        return 0;
    }

    private static TreeSet<Path> names(Path root) throws IOException {
        TreeSet<Path> names = new TreeSet<>();
        try (Stream<Path> all = Files.walk(root)) {
            all.forEach(path -> names.add(root.relativize(path)));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return names;
    }
}
