package org.netcachefs.it.mixed;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.netcachefs.it.mixed.Mixed.Operation;

/** A folder one thread works in: some names, each with a file or none. Used by one thread at a time. */
final class MixedFolder {
    private static final int NAMES = 24;
    private static final int MOST_BYTES = 32 << 10;
    private static final int MOST_AT_ONCE = 4096;
    /** One file in so many is not kept open. */
    private static final int CLOSED = 4;

    private final Path folder;
    private final Random random;
    private final List<Held> files = new ArrayList<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(MOST_AT_ONCE);

    /** What a file holds; {@code channel} is null while it is not open. */
    private static final class Held {
        private byte[] bytes = new byte[0];
        private FileChannel channel;

        void close() throws IOException {
            if (channel != null) {
                channel.close();
                channel = null;
            }
        }
    }

    MixedFolder(Path folder, long seed) throws IOException {
        this.folder = Files.createDirectory(folder);
        this.random = new Random(seed);
        for (int i = 0; i < NAMES; i++) {
            files.add(null);
        }
    }

    /** One operation; what cannot be done now is done later, and another one now. */
    Operation turn() throws IOException {
        while (true) {
            Operation operation = Operation.of(random.nextInt(100));
            int number = pick(operation == Operation.CREATE);
            if (operation == Operation.LIST) {
                list();
                return operation;
            }
            if (number >= 0) {
                act(operation, number);
                return operation;
            }
        }
    }

    /** A name without or with a file; -1 if there is none. */
    private int pick(boolean absent) {
        int first = random.nextInt(NAMES);
        for (int i = 0; i < NAMES; i++) {
            int number = (first + i) % NAMES;
            if ((files.get(number) == null) == absent) {
                return number;
            }
        }
        return -1;
    }

    private Path path(int number) {
        return folder.resolve("name" + number);
    }

    private void act(Operation operation, int number) throws IOException {
        switch (operation) {
            case CREATE -> create(number);
            case UNLINK -> unlink(number);
            case RENAME -> rename(number, random.nextInt(NAMES));
            case READ -> read(number);
            case WRITE -> write(number);
            case LIST -> throw new IllegalArgumentException("of no file");
        }
    }

    private void create(int number) throws IOException {
        Held made = new Held();
        made.channel = FileChannel.open(path(number), READ, WRITE, CREATE_NEW);
        files.set(number, made);
        put(made, 0, random.nextInt(MOST_AT_ONCE));
    }

    /** A file that is open is read once more, without its name. */
    private void unlink(int number) throws IOException {
        Held removed = files.set(number, null);
        Files.delete(path(number));
        if (removed.channel != null) {
            compare(removed, path(number));
        }
        removed.close();
    }

    private void rename(int from, int to) throws IOException {
        Files.move(path(from), path(to), StandardCopyOption.ATOMIC_MOVE, REPLACE_EXISTING);
        if (from != to) {
            Held replaced = files.set(to, files.set(from, null));
            if (replaced != null) {
                replaced.close();
            }
        }
    }

    private void read(int number) throws IOException {
        compare(opened(number), path(number));
        closeSome(number);
    }

    private void write(int number) throws IOException {
        Held file = opened(number);
        int at = random.nextInt(Math.min(file.bytes.length, MOST_BYTES - MOST_AT_ONCE) + 1);
        put(file, at, 1 + random.nextInt(MOST_AT_ONCE));
        closeSome(number);
    }

    private Held opened(int number) throws IOException {
        Held file = files.get(number);
        if (file.channel == null) {
            file.channel = FileChannel.open(path(number), READ, WRITE);
        }
        return file;
    }

    private void closeSome(int number) throws IOException {
        if (random.nextInt(CLOSED) == 0) {
            files.get(number).close();
        }
    }

    private void put(Held file, int at, int length) throws IOException {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        buffer.clear().put(bytes).flip();
        while (buffer.hasRemaining()) {
            file.channel.write(buffer, at + buffer.position());
        }
        file.bytes = Arrays.copyOf(file.bytes, Math.max(file.bytes.length, at + length));
        System.arraycopy(bytes, 0, file.bytes, at, length);
    }

    private void compare(Held file, Path path) throws IOException {
        int at = random.nextInt(file.bytes.length + 1);
        buffer.clear();
        int got = Math.max(0, file.channel.read(buffer, at));
        byte[] bytes = new byte[got];
        buffer.flip().get(bytes);
        byte[] expected = Arrays.copyOfRange(file.bytes, at, Math.min(file.bytes.length, at + MOST_AT_ONCE));
        if (!Arrays.equals(bytes, expected)) {
            throw new AssertionError(path + " at " + at + ": " + got + " bytes of " + expected.length + ", first wrong "
                    + Arrays.mismatch(bytes, expected) + ", size " + file.channel.size() + " of " + file.bytes.length);
        }
    }

    private void list() throws IOException {
        BitSet seen = new BitSet();
        try (DirectoryStream<Path> names = Files.newDirectoryStream(folder)) {
            for (Path name : names) {
                seen.set(Integer.parseInt(name.getFileName().toString().substring("name".length())));
            }
        }
        BitSet expected = new BitSet();
        for (int i = 0; i < NAMES; i++) {
            expected.set(i, files.get(i) != null);
        }
        if (!seen.equals(expected)) {
            throw new AssertionError(folder + " shows " + seen + ", not " + expected);
        }
    }

    /** Compares what is left once more, and removes it. */
    void empty() throws IOException {
        list();
        for (int i = 0; i < NAMES; i++) {
            if (files.get(i) != null) {
                compare(opened(i), path(i));
                unlink(i);
            }
        }
        list();
    }

    void remove() throws IOException {
        Files.delete(folder);
    }
}
