package org.netcachefs.fuse.internal.protocol;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the kernel's interrupts to the requests that wait, and looks at these until they are answered or given up. An interrupt may be
 * read before its request has begun to wait: it is remembered, the latest few hundred of them. Thread-safe.
 */
public final class InterruptDesk {
    private static final Logger LOG = LoggerFactory.getLogger(InterruptDesk.class);
    private static final int REMEMBERED = 512;
    private static final long LOOK_MILLIS = 250;

    private final ScheduledThreadPoolExecutor looker = looker();

    @GuardedBy("this")
    private final Map<Long, Interruption> waiting = new HashMap<>();

    @GuardedBy("this")
    private final Set<Long> early = new LinkedHashSet<>();

    @GuardedBy("this")
    private boolean looking;

    /** A thread while there is something to look at. */
    private static ScheduledThreadPoolExecutor looker() {
        ScheduledThreadPoolExecutor looker = new ScheduledThreadPoolExecutor(
                1,
                task -> {
                    Thread thread = new Thread(task, "fuse-interrupts");
                    thread.setDaemon(true);
                    return thread;
                },
                new ThreadPoolExecutor.DiscardPolicy());
        looker.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        looker.setKeepAliveTime(1, TimeUnit.SECONDS);
        looker.allowCoreThreadTimeOut(true);
        return looker;
    }

    public void register(Interruption waiter) {
        synchronized (this) {
            waiting.put(waiter.request(), waiter);
            if (early.remove(waiter.request())) {
                waiter.signalled();
            }
        }
        if (waiter.isSignalled()) {
            lookAt(waiter);
        }
    }

    public synchronized void unregister(Interruption waiter) {
        waiting.remove(waiter.request(), waiter);
    }

    /** The kernel says that the thread that waits for {@code request} got a signal. */
    public void interrupted(long request) {
        Interruption waiter = find(request);
        if (waiter != null) {
            waiter.signalled();
            lookAt(waiter);
        }
    }

    private synchronized @Nullable Interruption find(long request) {
        Interruption waiter = waiting.get(request);
        if (waiter == null) {
            early.add(request);
            if (early.size() > REMEMBERED) {
                Iterator<Long> oldest = early.iterator();
                oldest.next();
                oldest.remove();
            }
        }
        return waiter;
    }

    /** At once, however recently others were looked at. */
    private void lookAt(Interruption waiter) {
        looker.execute(() -> {
            look(waiter);
            lookLater();
        });
    }

    private synchronized void lookLater() {
        if (!looking && !signalled().isEmpty()) {
            looking = true;
            ScheduledFuture<?> unused = looker.schedule(this::lookAtAll, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void lookAtAll() {
        signalled().forEach(InterruptDesk::look);
        synchronized (this) {
            looking = false;
        }
        lookLater();
    }

    private static void look(Interruption waiter) {
        try {
            waiter.look();
        } catch (RuntimeException e) {
            LOG.error("giving request {} up", Long.toHexString(waiter.request()), e);
        }
    }

    private synchronized List<Interruption> signalled() {
        return waiting.values().stream().filter(Interruption::isSignalled).toList();
    }

    /** The session is over. */
    public void end() {
        looker.shutdown();
    }
}
