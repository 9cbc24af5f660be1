package org.netcachefs.daemon;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What was opened, closed once in the reverse order; one that fails does not keep the others open. Thread-safe. */
final class Parts implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Parts.class);

    @GuardedBy("this")
    private final Deque<Part> open = new ArrayDeque<>();

    private record Part(String name, AutoCloseable closeable) {}

    synchronized <T extends AutoCloseable> T add(String name, T part) {
        open.push(new Part(name, part));
        return part;
    }

    @Override
    public synchronized void close() {
        while (!open.isEmpty()) {
            Part part = open.pop();
            try {
                part.closeable().close();
                log.debug("closed {}", part.name());
            } catch (Exception e) {
                log.warn("closing {} failed", part.name(), e);
            }
        }
    }
}
