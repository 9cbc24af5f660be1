package org.netcachefs.it.upstream;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.Timestamp;

/** How the test upstream misbehaves, and what it counted. Thread-safe. */
final class Switches {
    private final Map<Path, Count> counts = new ConcurrentHashMap<>();
    private final Map<String, Errno> errors = new ConcurrentHashMap<>();
    private final AtomicLong requests = new AtomicLong();
    private volatile long tickNanos = 1;
    private volatile long skewNanos;
    private volatile long delayMillis;
    private volatile int longestRead = Integer.MAX_VALUE;
    private volatile Optional<Errno> error = Optional.empty();
    private volatile Optional<Errno> writeError = Optional.empty();

    /** Data read of one file. */
    private static final class Count {
        final AtomicLong reads = new AtomicLong();
        final AtomicLong bytes = new AtomicLong();
    }

    void clock(long tick, long skew) {
        tickNanos = tick;
        skewNanos = skew;
    }

    void delay(long millis) {
        delayMillis = millis;
    }

    long delayMillis() {
        return delayMillis;
    }

    void longestRead(int bytes) {
        longestRead = bytes;
    }

    int longestRead() {
        return longestRead;
    }

    void error(Optional<Errno> errno) {
        error = errno;
    }

    Optional<Errno> error() {
        return error;
    }

    /** Every request of this operation fails from now on, or no more. */
    void errorOf(String operation, Optional<Errno> errno) {
        errno.ifPresentOrElse(e -> errors.put(operation, e), () -> errors.remove(operation));
    }

    Optional<Errno> errorOf(String operation) {
        return Optional.ofNullable(errors.get(operation));
    }

    void writeError(Optional<Errno> errno) {
        writeError = errno;
    }

    Optional<Errno> writeError() {
        return writeError;
    }

    /** What this upstream's clock would have shown for a time of the real one. */
    Timestamp shown(Timestamp real) {
        long nanos = real.toNanos() + skewNanos;
        return Timestamp.ofNanos(Math.floorDiv(nanos, tickNanos) * tickNanos);
    }

    void request() {
        requests.incrementAndGet();
    }

    void read(Path file, long bytes) {
        Count count = counts.computeIfAbsent(file, f -> new Count());
        count.reads.incrementAndGet();
        count.bytes.addAndGet(bytes);
    }

    void reset() {
        counts.clear();
        requests.set(0);
    }

    /** {"requests":n,"reads":n,"bytes":n,"files":{PATH:bytes}}; a path is relative to {@code root}. */
    JsonObject counted(Path root) {
        JsonObject files = new JsonObject();
        long reads = 0;
        long bytes = 0;
        for (Map.Entry<Path, Count> entry : counts.entrySet()) {
            reads += entry.getValue().reads.get();
            bytes += entry.getValue().bytes.get();
            files.addProperty(
                    root.relativize(entry.getKey()).toString(),
                    entry.getValue().bytes.get());
        }
        JsonObject all = new JsonObject();
        all.addProperty("requests", requests.get());
        all.addProperty("reads", reads);
        all.addProperty("bytes", bytes);
        all.add("files", files);
        return all;
    }
}
