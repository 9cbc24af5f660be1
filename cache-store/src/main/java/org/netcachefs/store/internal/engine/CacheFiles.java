package org.netcachefs.store.internal.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.CacheException.Reason;
import org.netcachefs.store.internal.data.DirectoryLock;
import org.netcachefs.store.internal.data.Superblock;

/**
 * The files of a cache in their directory. A directory that holds files of such names but was never a cache is somebody
 * else's: nothing in it is written or dropped, whatever was asked for.
 */
final class CacheFiles {
    private static final int LOOKED_AT = 1 << 20;

    private final Path directory;
    private final Optional<Path> elsewhere;

    /** {@code elsewhere}: the data file or device, if it is not in {@code directory}. */
    CacheFiles(Path directory, Optional<Path> elsewhere) {
        this.directory = directory;
        this.elsewhere = elsewhere;
    }

    Path data() {
        return elsewhere.orElse(directory.resolve("data"));
    }

    private Path index() {
        return directory.resolve(IndexOpener.NAME);
    }

    private Path superblock() {
        return Superblock.file(directory);
    }

    /** None of its files is there. */
    boolean isNew() {
        return first() == null;
    }

    private @Nullable Path first() {
        return Stream.of(superblock(), index(), directory.resolve("data"))
                .filter(Files::exists)
                .findFirst()
                .orElse(null);
    }

    void makeDirectory() throws CacheException {
        try {
            if (!Files.isDirectory(directory)) {
                Files.createDirectories(directory);
                Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
            }
            Object owner = Files.getAttribute(directory, "unix:uid");
            if (!owner.equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))) {
                throw new CacheException(
                        Reason.PERMISSION,
                        directory + ": belongs to another user (uid " + owner + "); use another --cache");
            }
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(directory);
            if (permissions.contains(PosixFilePermission.GROUP_WRITE)
                    || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
                throw new CacheException(
                        Reason.PERMISSION, directory + ": other users may write to it; chmod go-w " + directory);
            }
        } catch (IOException | UnsupportedOperationException e) {
            throw new CacheException(Reason.PERMISSION, directory + ": cannot be used as a cache: " + reason(e), e);
        }
    }

    private static String reason(Exception e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        return e instanceof FileAlreadyExistsException ? "not a directory" : String.valueOf(e.getMessage());
    }

    /** Before the lock is taken, which marks the directory as ours. */
    void requireOurs() throws CacheException {
        Path found = first();
        if (found != null && !Superblock.isIn(directory) && !DirectoryLock.isIn(directory)) {
            throw new CacheException(
                    Reason.NOT_OURS,
                    directory + ": is not a cache, but has a file " + found.getFileName() + "; use another --cache");
        }
    }

    /** All files that a cache has are there, or none; what is to become its data is not in use for something else. */
    void requireComplete() throws CacheException {
        boolean fresh = !Files.exists(superblock());
        if (fresh && Files.exists(index())) {
            throw damaged(superblock(), "is missing");
        }
        if (!fresh && !Files.exists(data())) {
            throw damaged(data(), "is missing");
        }
        if (fresh && elsewhere.isPresent() && hasContent(data())) {
            throw new CacheException(
                    Reason.NOT_OURS, data() + ": holds something; use --recreate to have it overwritten");
        }
    }

    private static CacheException damaged(Path file, String what) {
        return new CacheException(Reason.DAMAGED, file + ": " + what + "; use --recreate to drop what is cached");
    }

    private static boolean hasContent(Path file) throws CacheException {
        if (!Files.exists(file) || Files.isRegularFile(file)) {
            return file.toFile().length() > 0;
        }
        try (FileChannel device = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer bytes = ByteBuffer.allocate(LOOKED_AT);
            device.read(bytes);
            bytes.flip();
            return bytes.mismatch(ByteBuffer.allocate(bytes.limit())) >= 0;
        } catch (IOException e) {
            throw new CacheException(Reason.IO, file + ": cannot read: " + e.getMessage(), e);
        }
    }

    /** What is cached is not for all who may read the file. */
    void protectData() throws CacheException {
        try {
            if (Files.isRegularFile(data())) {
                Files.setPosixFilePermissions(data(), PosixFilePermissions.fromString("rw-------"));
            }
        } catch (IOException e) {
            throw new CacheException(Reason.PERMISSION, data() + ": cannot be made private: " + e.getMessage(), e);
        }
    }

    /** Drops what is cached; the superblock last, which tells whose files they are. */
    void drop() throws CacheException {
        try {
            IndexOpener.delete(index());
            if (elsewhere.isEmpty()) {
                Files.deleteIfExists(data());
            }
            Files.deleteIfExists(superblock());
        } catch (IOException e) {
            throw new CacheException(Reason.IO, directory + ": cannot drop what is cached: " + e.getMessage(), e);
        }
    }
}
