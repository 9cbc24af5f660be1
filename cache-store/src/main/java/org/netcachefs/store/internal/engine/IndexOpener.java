package org.netcachefs.store.internal.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.CacheException.Reason;
import org.netcachefs.store.internal.index.IndexStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the index; one that cannot be opened or must not be believed is deleted and a fresh one made. */
final class IndexOpener {
    static final String NAME = "index";
    private static final long VERIFIED_BYTES = 16L << 20;
    private static final Logger LOG = LoggerFactory.getLogger(IndexOpener.class);

    private final Path directory;
    private final Seams seams;
    private String complaint = "";

    IndexOpener(Path directory, Seams seams) {
        this.directory = directory.resolve(NAME);
        this.seams = seams;
    }

    /** Why what was cached is gone; empty if it is not. */
    String complaint() {
        return complaint;
    }

    IndexStore open(long budget, boolean distrusted) throws CacheException {
        if (distrusted) {
            setAside("it lacks an invalidation that could not be written");
        }
        make();
        try {
            return verified(seams.index(directory, budget));
        } catch (CacheException e) {
            if (e.reason() != Reason.DAMAGED && e.reason() != Reason.IO) {
                throw e;
            }
            setAside(String.valueOf(e.getMessage()));
            make();
            return seams.index(directory, budget);
        }
    }

    /** A small index is read and compared at once; a large one by who rebuilds the free map. */
    private static IndexStore verified(IndexStore index) throws CacheException {
        if (index.bytes() > VERIFIED_BYTES) {
            return index;
        }
        try {
            index.verify();
            return index;
        } catch (CacheException e) {
            index.close();
            throw e;
        }
    }

    private void make() throws CacheException {
        try {
            if (!Files.isDirectory(directory)) {
                Files.createDirectory(
                        directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
        } catch (IOException e) {
            throw new CacheException(Reason.IO, directory + ": cannot make: " + e.getMessage(), e);
        }
    }

    private void setAside(String why) throws CacheException {
        complaint = directory + ": the index was dropped and begun anew: " + why;
        LOG.warn(complaint);
        try {
            delete(directory);
        } catch (IOException e) {
            throw new CacheException(Reason.DAMAGED, directory + ": cannot delete a damaged index: " + e, e);
        }
    }

    static void delete(Path tree) throws IOException {
        if (!Files.exists(tree)) {
            return;
        }
        List<Path> files;
        try (Stream<Path> all = Files.walk(tree)) {
            files = all.sorted(Comparator.reverseOrder()).collect(Collectors.toList());
        }
        for (Path file : files) {
            Files.deleteIfExists(file);
        }
    }
}
