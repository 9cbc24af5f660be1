package org.netcachefs.daemon.upstream;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** A thread for tasks that must not wait for those of others; there only while it has any. Thread-safe. */
public final class OwnThread {
    private final ThreadPoolExecutor thread;

    /** {@code name}: the thread's. */
    public OwnThread(String name) {
        thread = new ThreadPoolExecutor(1, 1, 5, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread made = new Thread(task, name);
            made.setDaemon(true);
            return made;
        });
        thread.allowCoreThreadTimeOut(true);
        thread.setRejectedExecutionHandler((task, executor) -> task.run());
    }

    /** Runs {@code task} after those given before. */
    public void run(Runnable task) {
        thread.execute(task);
    }

    /** Ends the thread after what it was given; what comes later is run by whoever brings it. */
    public void end() {
        thread.shutdown();
    }
}
