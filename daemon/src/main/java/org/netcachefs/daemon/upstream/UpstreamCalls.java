package org.netcachefs.daemon.upstream;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.netcachefs.fuse.ErrnoException;

/**
 * Runs blocking calls on upstream for one volume, on pools with places kept for metadata, close and unlock, and judges by their progress
 * (plus a probe of the root, never by one call's age) whether upstream answers: the {@link Circuit}. Never blocks the caller, never interrupts. Thread-safe.
 */
public interface UpstreamCalls extends AutoCloseable {
    UpstreamTree tree();

    /**
     * Runs {@code body} and completes with its result or failure: an {@link ErrnoException}, or {@link UpstreamUnavailableException} if it had
     * not come back when upstream was given up; {@code abandoned} then gets the late result, to undo it (close a descriptor).
     * The continuation runs on the pool's thread and must not block or wait.
     */
    <T> CompletionStage<T> run(Lane lane, Body<T> body, Abandoned<T> abandoned);

    /** As {@link #run(Lane, Body, Abandoned)} for results that need no undoing. */
    default <T> CompletionStage<T> run(Lane lane, Body<T> body) {
        return run(lane, body, late -> {});
    }

    /** As {@link #run(Lane, Body, Abandoned)}; the body acts upstream for {@code who}. */
    default <T> CompletionStage<T> run(Lane lane, Identity who, Body<T> body, Abandoned<T> abandoned) {
        return run(lane, who.makes(body), abandoned);
    }

    /** As {@link #run(Lane, Body)}; the body acts upstream for {@code who}. */
    default <T> CompletionStage<T> run(Lane lane, Identity who, Body<T> body) {
        return run(lane, who.makes(body));
    }

    /**
     * As {@link #run(Lane, Body, Abandoned)}, perhaps on the calling thread: if that receives requests, may wait, and calls of this lane come back soon. Then it
     * returns when the call does. {@code then} gets what completes before that, and may be completed by another thread if upstream is given up.
     */
    default <T> void runHere(Lane lane, Body<T> body, Abandoned<T> abandoned, Consumer<CompletionStage<T>> then) {
        then.accept(run(lane, body, abandoned));
    }

    /** As {@link #runHere(Lane, Body, Abandoned, Consumer)} for a lane that is not given up: there is nothing to learn before the call has returned. */
    default <T> CompletionStage<T> runHere(Lane lane, Body<T> body) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        runHere(
                lane,
                body,
                late -> {},
                stage -> stage.whenComplete((result, failure) -> {
                    if (failure == null) {
                        answer.complete(result);
                    } else {
                        answer.completeExceptionally(failure);
                    }
                }));
        return answer;
    }

    Circuit circuit();

    /** Moves each time the circuit closes again: what was checked under an earlier epoch is unchecked. */
    long epoch();

    UpstreamStatistics statistics();

    @Override
    void close();

    /** closed: calls go out; open: upstream hangs, calls that change nothing fail or wait as configured; half-open: the probe came back. */
    enum Circuit {
        CLOSED,
        OPEN,
        HALF_OPEN
    }

    /** Which places a call takes, and what becomes of it while upstream hangs. */
    enum Lane {
        DATA(true),
        METADATA(true),
        /** close, unlock: never queued behind others; run even while the circuit is open. */
        CLOSE(false),
        READAHEAD(true),
        /** Changes names and attributes. */
        CHANGE(false),
        /** Writes file data. */
        WRITE(false),
        /** fsync and whatever else may take as long as it takes. */
        SYNC(false);

        private final boolean isGivenUp;

        Lane(boolean isGivenUp) {
            this.isGivenUp = isGivenUp;
        }

        /**
         * Whether a call may be answered before it comes back: only if it changes nothing. One that does is answered when it has come
         * back, however late; while the circuit is open such calls wait to be sent, without limit.
         */
        boolean isGivenUp() {
            return isGivenUp;
        }
    }

    /** A call on upstream; the daemon's own unless made {@link UpstreamTree#as} somebody else. */
    interface Body<T> {
        T call(UpstreamTree tree) throws ErrnoException;
    }

    /** Takes a result nobody waits for any more. */
    interface Abandoned<T> {
        void late(T result);
    }

    /**
     * Counters since start and gauges. {@code calls} counts bodies, {@code lostThreads} those that have not come back for longer than the timeout,
     * {@code outstanding} those that wait to be made or have not come back, also when nobody waits for them any more.
     */
    record UpstreamStatistics(
            long calls,
            long dataCalls,
            long errors,
            long timeouts,
            int lostThreads,
            long oldestCallNanos,
            int outstanding) {}
}
