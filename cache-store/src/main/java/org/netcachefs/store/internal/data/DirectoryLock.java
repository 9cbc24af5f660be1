package org.netcachefs.store.internal.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.CacheException.Reason;

/** The cache directory belongs to one process: a flock on its file {@code lock}, in which the owner's pid is written. */
public final class DirectoryLock implements AutoCloseable {
    private static final int LOCK_EX_NB = 2 | 4;

    private final int descriptor;

    private DirectoryLock(int descriptor) {
        this.descriptor = descriptor;
    }

    public static DirectoryLock take(Path directory) throws CacheException {
        Path file = directory.resolve("lock");
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
        try {
            String pid = Files.readString(file, StandardCharsets.US_ASCII).strip();
            return pid.isEmpty() ? "(unknown)" : pid;
        } catch (IOException e) {
            return "(unknown)";
        }
    }

    private static void writeOwner(Path file) throws CacheException {
        try {
            Files.writeString(file, ProcessHandle.current().pid() + "\n", StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new CacheException(Reason.IO, file + ": cannot write: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        Native.LIBC.close(descriptor);
    }
}
