package org.netcachefs.daemon.control;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.netcachefs.daemon.config.LogLevel;

/**
 * The level of the daemon's log, kept in a file beside the control socket, which the logging configuration includes and
 * looks at each second. Thread-safe.
 */
public final class LogLevels implements AutoCloseable {
    private final Path file;

    public LogLevels(Path file) {
        this.file = file;
    }

    /** Replaces the file in one step, so that no half of it is read. */
    public synchronized void set(LogLevel level) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(fresh, "logback.logger.org.netcachefs = " + level + "\n");
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Removes the file; the level stays. */
    @Override
    public synchronized void close() throws IOException {
        Files.deleteIfExists(file);
    }
}
