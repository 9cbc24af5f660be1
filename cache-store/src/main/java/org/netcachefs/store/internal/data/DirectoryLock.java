package org.netcachefs.store.internal.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.CacheException.Reason;

/**
 * The cache directory belongs to one process: a flock on its file {@code lock}, in which {@code netcachefs} and the owner's
 * pid are written. The file also tells a cache's directory from others.
 */
public final class DirectoryLock implements AutoCloseable {
    private static final int LOCK_EX_NB = 2 | 4;
    private static final String MARK = "netcachefs ";

    private final int descriptor;

    private DirectoryLock(int descriptor) {
        this.descriptor = descriptor;
    }

    /** Whether {@code directory} was ever locked as a cache. */
    public static boolean isIn(Path directory) {
        return content(file(directory)).startsWith(MARK);
    }

    private static Path file(Path directory) {
        return directory.resolve("lock");
    }

    public static DirectoryLock take(Path directory) throws CacheException {
        Path file = file(directory);
        int descriptor = Native.LIBC.open(file.toString(), Native.O_RDWR | Native.O_CREAT | Native.O_CLOEXEC, 0600);
        if (descriptor < 0) {
            int errno = Native.errno();
            throw new CacheException(Errnos.reason(errno), file + ": cannot open: " + Errnos.text(errno));
        }
        if (Native.LIBC.flock(descriptor, LOCK_EX_NB) < 0) {
            int errno = Native.errno();
            Native.LIBC.close(descriptor);
            throw refusal(directory, file, errno);
        }
        writeOwner(file);
        return new DirectoryLock(descriptor);
    }

    private static CacheException refusal(Path directory, Path file, int errno) {
        if (errno != Native.EAGAIN) {
            return new CacheException(Errnos.reason(errno), file + ": cannot lock: " + Errnos.text(errno));
        }
        return new CacheException(Reason.IN_USE, directory + ": cache is in use by process " + owner(file));
    }

    private static String owner(Path file) {
        String content = content(file);
        return content.startsWith(MARK) ? content.substring(MARK.length()).strip() : "(unknown)";
    }

    private static String content(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    private static void writeOwner(Path file) throws CacheException {
        try {
            Files.writeString(file, MARK + ProcessHandle.current().pid() + "\n", StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new CacheException(Reason.IO, file + ": cannot write: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        Native.LIBC.close(descriptor);
    }
}
