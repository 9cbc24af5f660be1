package org.netcachefs.fuse.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.netcachefs.fuse.Capability;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.Transport;

/** A suite whose tests share one mount, and leave neither handles nor lookups behind. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class Mounted {
    final String transport;
    final Set<Capability> capabilities;
    private final ExecutorService threads = Executors.newCachedThreadPool(runnable -> {
        Thread thread = new Thread(runnable, "application");
        thread.setDaemon(true);
        return thread;
    });
    ChildMount child;
    Path root;

    Mounted(Transport transport) {
        this.transport = transport.name();
        this.capabilities = transport.capabilities();
    }

    @BeforeAll
    void mount() throws Exception {
        root = Files.createTempDirectory("conformance");
        child = ChildMount.start(transport, root);
    }

    @AfterEach
    void nothingIsLeftOpen() {
        eventually(() -> assertThat(child.figure("handles")).isZero());
        if (!capabilities.contains(Capability.NODES)) {
            eventually(() -> assertThat(child.figure("lookups")).isZero());
        }
    }

    @AfterAll
    void unmount() throws Exception {
        try {
            assertThat(child.send("unmount NORMAL")).isEqualTo("UNMOUNTED");
            assertThat(child.send("destroyed")).isEqualTo("true");
        } finally {
            child.close();
            Files.delete(root);
            threads.shutdown();
        }
    }

    <T> Future<T> inBackground(Callable<T> work) {
        return threads.submit(work);
    }

    static void eventually(org.awaitility.core.ThrowingRunnable check) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(10))
                .untilAsserted(check);
    }

    Path path(String name) {
        return root.resolve(name);
    }

    long count(String operation) throws IOException, InterruptedException {
        return Long.parseLong(child.send("count " + operation));
    }

    /** The errno of a call that must fail with -1. */
    static Errno failing(long result) {
        assertThat(result).isEqualTo(-1);
        return Posix.errno();
    }

    static int open(Object path, int flags) {
        int descriptor = Posix.LIBC.open(Posix.path(path), flags, 0644);
        assertThat(descriptor).as("%s: %s", path, Posix.errno()).isNotNegative();
        return descriptor;
    }

    static void close(int descriptor) {
        assertThat(Posix.LIBC.close(descriptor)).isZero();
    }

    static byte[] pattern(int length, long seed) {
        byte[] bytes = new byte[length];
        new java.util.Random(seed).nextBytes(bytes);
        return bytes;
    }
}
