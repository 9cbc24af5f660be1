package org.netcachefs.fuse.internal.mount;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.internal.Native;

/**
 * One statfs(2) of a mount, on a thread of its own: the process that serves a mount must not wait for it on a thread it needs,
 * and a dead or hung one must not hold its caller.
 */
final class Probe {
    private static final int STATFS_SIZE = 512;

    private final CountDownLatch done = new CountDownLatch(1);
    private final AtomicReference<@Nullable Errno> outcome = new AtomicReference<>();

    private Probe() {}

    /** Starts to ask. */
    static Probe start(Path mountPoint) {
        Probe probe = new Probe();
        Thread thread = new Thread(() -> probe.run(mountPoint.toString()), "mount-probe");
        thread.setDaemon(true);
        thread.start();
        return probe;
    }

    private void run(String mountPoint) {
        Pointer memory = Native.RUNTIME.getMemoryManager().allocateDirect(STATFS_SIZE);
        if (Native.libc().statfs(mountPoint, memory.address()) != 0) {
            outcome.set(Native.lastErrno());
        }
        done.countDown();
    }

    /** Whether an answer, good or bad, came within {@code millis}. */
    boolean answered(long millis) {
        try {
            return done.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return false;
        }
    }

    /** The error answered; empty for a good answer or none yet. */
    Optional<Errno> error() {
        return Optional.ofNullable(outcome.get());
    }

    /** The error {@code mountPoint} answers with within {@code millis}; empty if it is well or silent. */
    static Optional<Errno> of(Path mountPoint, long millis) {
        Probe probe = start(mountPoint);
        return probe.answered(millis) ? probe.error() : Optional.empty();
    }
}
