package org.netcachefs.store.internal.engine;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.stream.Stream;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.internal.index.Batch;
import org.netcachefs.store.internal.index.ForwardingIndex;
import org.netcachefs.store.internal.index.IndexStore;

/** The real index, of which a copy can be made as a power cut leaves it: its last log cut at any byte behind the last sync. */
final class CutIndex extends ForwardingIndex {
    private final Path directory;
    private final ReadWriteLock moment;
    private final Map<Path, Long> synced = new HashMap<>();

    CutIndex(Path directory, IndexStore index, ReadWriteLock moment) {
        super(index);
        this.directory = directory;
        this.moment = moment;
    }

    @Override
    public void write(Batch batch) throws CacheException {
        moment.readLock().lock();
        try {
            index.write(batch);
        } finally {
            moment.readLock().unlock();
        }
    }

    @Override
    public void sync() throws CacheException {
        moment.readLock().lock();
        try {
            Map<Path, Long> before = logs(directory);
            index.sync();
            synchronized (synced) {
                synced.putAll(before);
            }
        } finally {
            moment.readLock().unlock();
        }
    }

    private static Map<Path, Long> logs(Path directory) {
        Map<Path, Long> logs = new HashMap<>();
        try (Stream<Path> files = Files.list(directory)) {
            files.filter(file -> file.toString().endsWith(".log")).forEach(file -> {
                long size = size(file);
                if (size >= 0) {
                    logs.put(file, size);
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return logs;
    }

    /** -1 of a log that is gone meanwhile: what it held is in a table. */
    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (NoSuchFileException e) {
            return -1;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A copy in {@code to}; called while nothing is written. */
    void cut(Path to, Random random) throws IOException {
        List<String> names = copy(to);
        Optional<Path> last = names.stream()
                .map(name -> name.substring(0, name.indexOf(' ')))
                .filter(name -> name.endsWith(".log"))
                .max(Comparator.naturalOrder())
                .map(to::resolve);
        if (last.isPresent()) {
            long length = Files.size(last.get());
            long kept;
            synchronized (synced) {
                kept = synced.getOrDefault(directory.resolve(last.get().getFileName()), 0L);
            }
            try (RandomAccessFile log = new RandomAccessFile(last.get().toFile(), "rw")) {
                log.setLength(kept + (length == kept ? 0 : random.nextInt((int) (length - kept) + 1)));
            }
        }
    }

    /** Copies all files as they are in one moment: anew when the database rewrote some of them meanwhile. */
    private List<String> copy(Path to) throws IOException {
        while (true) {
            IndexOpener.delete(to);
            Files.createDirectories(to);
            try {
                List<String> before = listing();
                for (String name : before) {
                    String file = name.substring(0, name.indexOf(' '));
                    Files.copy(directory.resolve(file), to.resolve(file));
                }
                if (before.equals(listing())) {
                    return before;
                }
            } catch (NoSuchFileException e) {
                Thread.yield();
            }
        }
    }

    /** Each file with its size, but for the text log. */
    private List<String> listing() throws IOException {
        List<String> names = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(file -> !file.getFileName().toString().startsWith("LOG"))
                    .toList()) {
                names.add(file.getFileName() + " " + Files.size(file));
            }
        }
        names.sort(Comparator.naturalOrder());
        return names;
    }
}
