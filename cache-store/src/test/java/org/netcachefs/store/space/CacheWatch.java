package org.netcachefs.store.space;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.netcachefs.store.BlockCache;

/** Runs a cache's culler and watches what {@code du} says of its directory, on threads of its own; they end with {@link #close}. */
final class CacheWatch implements AutoCloseable {
    private final Path directory;
    private final AtomicBoolean done = new AtomicBoolean();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final List<Thread> watchers = new ArrayList<>();
    private volatile long largest;
    private volatile int samples;

    CacheWatch(Path directory) {
        this.directory = directory;
        watchers.add(start(this::sample));
    }

    /** From now on, until {@link #finish}, the cache is culled as is due. */
    BlockCache culling(BlockCache cache) {
        watchers.add(start(() -> cull(cache)));
        return cache;
    }

    interface Body {
        void run() throws Exception;
    }

    /** A thread whose failure {@link #finish} shows. */
    Thread start(Body body) {
        Thread thread = new Thread(() -> {
            try {
                body.run();
            } catch (Throwable e) {
                failure.compareAndSet(null, e);
                done.set(true);
            }
        });
        thread.start();
        return thread;
    }

    boolean isDone() {
        return done.get();
    }

    /** Ends the threads; nothing failed. */
    void finish() throws InterruptedException {
        close();
        assertThat(failure.get()).isNull();
    }

    @Override
    public void close() throws InterruptedException {
        done.set(true);
        for (Thread watcher : watchers) {
            watcher.join();
        }
    }

    /** The most the directory took while watched and now, in bytes. */
    long peak() throws Exception {
        measure();
        assertThat(samples).isGreaterThan(5);
        return largest;
    }

    private void cull(BlockCache cache) throws Exception {
        while (!done.get()) {
            cache.culler().awaitWork(Duration.ofMillis(100));
            cache.culler().doWork(16);
        }
    }

    private void sample() throws Exception {
        while (!done.get()) {
            measure();
            Thread.sleep(50);
        }
    }

    private synchronized void measure() throws Exception {
        Process du = new ProcessBuilder("du", "-s", "--block-size=1", directory.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String line = new String(du.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        du.waitFor();
        if (!line.isBlank()) {
            largest = Math.max(largest, Long.parseLong(line.split("\\s")[0]));
            samples++;
        }
    }
}
