package org.netcachefs.store.crash;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.netcachefs.store.ByteRange;

/**
 * What the lives of a cache did, kept outside of it: changes are noted before they are made, fills once they are published.
 * Each note is one write, so that it outlives the process.
 */
final class Journal implements AutoCloseable {
    static final int FILES = 24;

    private final long[] versions = new long[FILES];
    private final List<List<ByteRange>> filled = new ArrayList<>();
    private final Writer writer;

    Journal(Path path) throws IOException {
        for (int i = 0; i < FILES; i++) {
            filled.add(new ArrayList<>());
        }
        if (Files.exists(path)) {
            Files.readAllLines(path).forEach(this::replay);
        }
        writer = Files.newBufferedWriter(
                path, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private void replay(String line) {
        String[] words = line.split(" ");
        int file = Integer.parseInt(words[1]);
        switch (words[0]) {
            case "version" -> {
                versions[file] = Long.parseLong(words[2]);
                filled.get(file).clear();
            }
            case "flush" -> filled.get(file).clear();
            default -> filled.get(file).add(new ByteRange(Long.parseLong(words[2]), Long.parseLong(words[3])));
        }
    }

    /** The newest content the file may have been given. */
    long version(int file) {
        return versions[file];
    }

    /** What was published of that content and not dropped since. */
    List<ByteRange> filled(int file) {
        return filled.get(file);
    }

    void changing(int file, long version) throws IOException {
        note("version " + file + " " + version);
    }

    void flushing(int file) throws IOException {
        note("flush " + file);
    }

    void filled(int file, ByteRange range) throws IOException {
        note("filled " + file + " " + range.start() + " " + range.length());
    }

    private void note(String line) throws IOException {
        writer.write(line + "\n");
        writer.flush();
        replay(line);
    }

    @Override
    public void close() throws IOException {
        writer.close();
    }
}
