package org.netcachefs.daemon.upstream;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The thread that answers calls which were given up. Thread-safe. */
final class Answers {
    private final ThreadPoolExecutor thread;

    Answers(String threadName) {
        thread = new ThreadPoolExecutor(1, 1, 5, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), body -> {
            Thread made = new Thread(body, threadName);
            made.setDaemon(true);
            return made;
        });
        thread.allowCoreThreadTimeOut(true);
        thread.setRejectedExecutionHandler((answer, executor) -> answer.run());
    }

    void add(Runnable answer) {
        thread.execute(answer);
    }

    /** Ends the thread after what was added; what comes later is answered by whoever brings it. */
    void end() {
        thread.shutdown();
    }
}
