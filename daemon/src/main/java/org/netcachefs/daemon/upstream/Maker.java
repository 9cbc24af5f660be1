package org.netcachefs.daemon.upstream;

import org.jspecify.annotations.Nullable;

/** Makes calls, one after the other, and tells which is out, and since when. Used by one thread; what it tells, it tells everybody. */
final class Maker {
    private final Runner runner;
    private volatile @Nullable Call<?> call;
    private volatile long since;

    Maker(Runner runner) {
        this.runner = runner;
    }

    /** To be called first by the thread. */
    void begins() {
        runner.begins();
    }

    /** Makes the call; what is returned is to be delivered. */
    Call.Outcome make(Call<?> next) {
        since = runner.begin();
        call = next;
        Call.Outcome outcome = next.make(runner.tree());
        call = null;
        runner.returned(outcome, since);
        return outcome;
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
