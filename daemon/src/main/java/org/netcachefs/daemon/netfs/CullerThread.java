package org.netcachefs.daemon.netfs;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.Culler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread that drives the culler, in small steps. */
public final class CullerThread implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CullerThread.class);
    private static final Duration IDLE = Duration.ofMillis(200);
    private static final long AFTER_FAILURE_NANOS = 1_000_000_000L;
    private static final int SLOTS_A_STEP = 64;
    private static final long JOIN_NANOS = 3_000_000_000L;
    private static final long STEP_NANOS = 5_000_000L;

    private final Culler culler;
    private final Thread thread;
    private volatile boolean closed;

    public CullerThread(Culler culler) {
        this.culler = culler;
        thread = new Thread(this::run, "netcachefs-culler");
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    /** Ends after the step it is in; waits for that at most 3 s. */
    @Override
    public void close() {
        closed = true;
        boolean interrupted = false;
        long deadline = System.nanoTime() + JOIN_NANOS;
        while (thread.isAlive() && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(STEP_NANOS);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            LOG.debug("interrupted while the culler ended");
        }
    }

    private void run() {
        boolean failing = false;
        while (!closed) {
            try {
                if (culler.doWork(SLOTS_A_STEP) == 0) {
                    culler.awaitWork(IDLE);
                }
                failing = false;
            } catch (CacheException | RuntimeException e) {
                if (!failing) {
                    LOG.warn("culling failed: {}", e.getMessage(), e);
                }
                failing = true;
                LockSupport.parkNanos(AFTER_FAILURE_NANOS);
            }
        }
    }
}
