package org.netcachefs.daemon;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.netcachefs.daemon.config.ExitCode;
import org.netcachefs.daemon.config.MountOptions;
import org.netcachefs.daemon.config.MountPlan;
import org.netcachefs.daemon.config.PrivateDirectories;
import org.netcachefs.daemon.config.Reasons;
import org.netcachefs.daemon.config.RefusedException;
import org.netcachefs.daemon.config.Sizes;
import org.netcachefs.daemon.control.Administration;
import org.netcachefs.daemon.control.ControlServer;
import org.netcachefs.daemon.control.Leftovers;
import org.netcachefs.daemon.control.LogLevels;
import org.netcachefs.daemon.control.Served;
import org.netcachefs.fuse.Mount;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A mount being served: cache, upstream, file system, transport and control socket, made in this order and closed in the
 * reverse one. Thread-safe.
 */
public final class Daemon {
    private static final Logger log = LoggerFactory.getLogger(Daemon.class);
    private static final Duration SERVING_OPEN_FILES = Duration.ofSeconds(5);
    private static final Duration ENDING = Duration.ofSeconds(2);
    private static final Duration RETRY = Duration.ofMillis(100);

    private final Parts parts;
    private final Served served;
    private final CountDownLatch closed = new CountDownLatch(1);

    private Daemon(Parts parts, Served served) {
        this.parts = parts;
        this.served = served;
    }

    /** Mounts; returns when the mount answers. {@code warnings} takes lines the user should see. Nothing is left behind on failure. */
    public static Daemon start(MountPlan plan, Consumer<String> warnings) throws RefusedException {
        long start = System.nanoTime();
        Parts parts = new Parts();
        try {
            LogLevels levels = logLevels(plan);
            parts.add("log level", levels);
            Served served = new Assembly(plan, parts, warnings, start).serve();
            ControlServer control =
                    parts.add("control socket", new Administration(served, levels).listen(plan.controlSocket()));
            log.info("ready after {} ms, control socket {}", (System.nanoTime() - start) / 1_000_000, control.socket());
            Daemon daemon = new Daemon(parts, served);
            served.mount().ended().whenComplete((ended, failure) -> daemon.startClosing());
            return daemon;
        } catch (IOException e) {
            parts.close();
            throw new RefusedException(
                    ExitCode.SYSTEM, "control socket " + plan.controlSocket() + ": " + Reasons.of(e));
        } catch (RefusedException | RuntimeException | Error e) {
            parts.close();
            throw e;
        }
    }

    private static LogLevels logLevels(MountPlan plan) throws RefusedException {
        PrivateDirectories.makeRuntime(plan.surroundings());
        Leftovers.sweep(plan.surroundings().runtimeDirectory());
        LogLevels levels = new LogLevels(plan.logLevelFile());
        try {
            levels.set(plan.options().get(MountOptions.LOG_LEVEL));
            return levels;
        } catch (IOException e) {
            throw new RefusedException(
                    ExitCode.SYSTEM,
                    "runtime directory " + plan.surroundings().runtimeDirectory() + ": " + Reasons.of(e));
        }
    }

    /** One line for the user who mounted. */
    public String summary() {
        MountPlan plan = served.plan();
        String cache = served.bypass().isPresent()
                ? "without a cache"
                : "cache " + plan.cacheDirectory() + ", "
                        + Sizes.readable(served.cache().statistics().sizeBytes());
        return plan.upstream() + " mounted on " + plan.mountPoint() + " (" + cache + ")";
    }

    /** Until everything is closed. */
    public boolean isServing() {
        return closed.getCount() > 0;
    }

    /** Returns when the mount is gone and everything is closed. */
    public void awaitEnd() {
        boolean interrupted = true;
        while (interrupted) {
            try {
                closed.await();
                interrupted = false;
            } catch (InterruptedException e) {
                log.debug("interrupted while serving");
            }
        }
    }

    /**
     * Unmounts: serves open files for some seconds, then detaches the mount and cuts off who still uses it; returns when
     * everything is closed.
     */
    public void stop() {
        log.info("stopping");
        Mount mount = served.mount();
        long deadline = System.nanoTime() + SERVING_OPEN_FILES.toNanos();
        Mount.UnmountOutcome outcome = mount.unmount(Mount.UnmountMode.NORMAL);
        while (outcome == Mount.UnmountOutcome.BUSY && System.nanoTime() < deadline) {
            LockSupport.parkNanos(RETRY.toNanos());
            outcome = mount.unmount(Mount.UnmountMode.NORMAL);
        }
        if (outcome == Mount.UnmountOutcome.UNMOUNTED) {
            awaitEnd(mount);
        } else {
            log.info("still in use: detached");
            mount.unmount(Mount.UnmountMode.DETACH);
        }
        close();
    }

    private static void awaitEnd(Mount mount) {
        try {
            mount.ended()
                    .toCompletableFuture()
                    .copy()
                    .completeOnTimeout(null, ENDING.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
        } catch (CompletionException e) {
            log.warn("the session ended with {}", String.valueOf(e.getCause()));
        }
    }

    /** Not on a thread of the transport: closing waits for them. */
    private void startClosing() {
        new Thread(this::close, "close").start();
    }

    private void close() {
        parts.close();
        closed.countDown();
    }
}
