package org.netcachefs.daemon.upstream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread that makes the calls of a lane, one after the other. */
final class LaneThread {
    private static final Logger LOG = LoggerFactory.getLogger(LaneThread.class);

    private final LanePool pool;
    private final Thread thread;
    private final Maker maker;

    LaneThread(LanePool pool, String name, Maker.Runner runner) {
        this.pool = pool;
        this.maker = new Maker(runner);
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    Maker maker() {
        return maker;
    }

    private void run() {
        maker.begins();
        for (Call<?> next = pool.next(this); next != null; next = pool.next(this)) {
            if (!next.isAnswered()) {
                makeSafely(next);
            }
        }
    }

    /** Nothing that a call breaks costs the lane a thread. The caller's continuations run when the call is no longer out: what they take is not upstream's time. */
    private void makeSafely(Call<?> next) {
        try {
            maker.make(next).deliver().run();
        } catch (RuntimeException | Error e) {
            LOG.error("after a call on upstream", e);
        }
    }
}
