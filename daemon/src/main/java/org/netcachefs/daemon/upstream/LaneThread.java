package org.netcachefs.daemon.upstream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread that makes the calls of a lane, one after the other. */
final class LaneThread {
    private static final Logger LOG = LoggerFactory.getLogger(LaneThread.class);

    private final LanePool pool;
    private final Thread thread;
    private final Runner runner;
    private volatile @Nullable Call<?> call;
    private volatile long since;

    LaneThread(LanePool pool, String name, Runner runner) {
        this.pool = pool;
        this.runner = runner;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void run() {
        runner.begins();
        for (Call<?> next = pool.next(this); next != null; next = pool.next(this)) {
            if (!next.isAnswered()) {
                makeSafely(next);
            }
        }
    }

    /** Nothing that a call breaks costs the lane a thread. */
    private void makeSafely(Call<?> next) {
        try {
            make(next);
        } catch (RuntimeException | Error e) {
            LOG.error("after a call on upstream", e);
        }
    }

    /** The caller's continuations run when the call is no longer out: what they take is not upstream's time. */
    private void make(Call<?> next) {
        since = runner.begin();
        call = next;
        Call.Outcome outcome = next.make(runner.tree());
        call = null;
        runner.returned(outcome, since);
        outcome.deliver().run();
    }

    /** The call that is out now. */
    @Nullable
    Call<?> call() {
        return call;
    }

    boolean isOutSince(long limit) {
        return call != null && since - limit < 0;
    }

    long age(long now) {
        return call != null ? Math.max(1, now - since) : 0;
    }

    /** What a thread needs to make calls. */
    interface Runner {
        /** Called first by the thread. */
        void begins();

        UpstreamTree tree();

        /** A body begins now, by the clock that is returned. */
        long begin();

        /** A body that began at {@code since} ended. */
        void returned(Call.Outcome outcome, long since);
    }
}
