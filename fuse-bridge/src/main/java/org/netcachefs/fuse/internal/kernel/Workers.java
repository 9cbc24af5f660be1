package org.netcachefs.fuse.internal.kernel;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The workers of one session: those that receive, those that rest as these are enough, and those that may wait, of whom there are never so many that
 * nobody receives. One that has been waiting for long is replaced once the others have not enough, one that is held up without having asked at once. Thread-safe.
 */
final class Workers {
    private static final Logger LOG = LoggerFactory.getLogger(Workers.class);
    private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final int base;
    private final int most;
    private final Supplier<? extends Member> maker;
    private final Runnable ended;

    private final Receiving receiving = new Receiving();
    private final Resting resting;

    @GuardedBy("this")
    private final Set<Member> live = new HashSet<>();

    @GuardedBy("this")
    private final Served servedByEnded = new Served();

    /** Those that wait and in whose place there is another. */
    private final Set<Member> replaced = ConcurrentHashMap.newKeySet();

    /**
     * {@code base} receive as long as nobody waits, half of them where requests are quickly served and a choice is for few; {@code most} live;
     * {@code maker} makes one more; {@code ended} runs when the last has stopped receiving; which way is better is tried for {@code trialNanos} each.
     */
    Workers(int base, int most, Supplier<? extends Member> maker, Runnable ended, long trialNanos) {
        FewOrAllByKind choice = new FewOrAllByKind(this::workByKind, trialNanos);
        this.resting = new Resting(receiving, base / 2, this::work, choice);
        this.base = base;
        this.most = most;
        this.maker = maker;
        this.ended = ended;
    }

    /** Starts these; to be called once. */
    void start(List<? extends Member> first) {
        receiving.begin(first.size());
        first.forEach(this::start);
    }

    /** The process may have no more threads: those it has go on. */
    private boolean start(Member worker) {
        synchronized (this) {
            live.add(worker);
        }
        try {
            worker.start();
            return true;
        } catch (OutOfMemoryError e) {
            LOG.warn("a worker cannot be started");
            ended(worker);
            left();
            return false;
        }
    }

    /** The calling worker may wait from now on, until {@link #endWait}; false: it must not, as nobody else would receive. */
    boolean beginWait() {
        resting.call();
        boolean left = receiving.leave(1);
        if (!left) {
            replaceOne();
        }
        return left;
    }

    /** The calling worker, which waited, receives again. False: it is not needed any more, or the session is over. */
    boolean endWait(Member worker) {
        replaced.remove(worker);
        return receiving.join(base - resting.size());
    }

    /** What is to be served takes its time: one that rests receives meanwhile. */
    void call() {
        resting.call();
    }

    /** The calling worker has served nothing but what is quick for a while: it leaves that to the others, if these are enough and serve more so. False: the session is over. */
    boolean rest() {
        return resting.rest();
    }

    /** No more receive than where requests are quickly served. */
    boolean fewReceive() {
        return resting.fewReceive();
    }

    /** One alone receives: nobody else is woken by a request. */
    boolean oneReceives() {
        return receiving.count() == 1;
    }

    /** So much is served that is not quick, by who does not need the calling worker for it. */
    void disturb(int work) {
        resting.disturb(work);
    }

    /** What all have served so far. */
    synchronized long work() {
        long sum = servedByEnded.total();
        for (Member worker : live) {
            sum += worker.served().total();
        }
        return sum;
    }

    /** The same, by kind of request. */
    synchronized long[] workByKind() {
        long[] sums = new long[Served.KINDS];
        servedByEnded.addTo(sums);
        live.forEach(worker -> worker.served().addTo(sums));
        return sums;
    }

    /** A worker does not receive, though it never asked to wait; false: nobody else would receive. */
    boolean leave() {
        return receiving.leave(1);
    }

    /** One that left receives all the same. */
    void comeBack() {
        boolean ignored = receiving.join(Integer.MAX_VALUE);
    }

    /**
     * Whoever has been serving the same request since this was called last is held up, by the cache's disk for one: it counts as waiting, and another one
     * receives. To be called now and then by one thread.
     */
    void replaceHeldUp() {
        for (Member worker : living()) {
            if (worker.isHeldUp() && replaces(worker)) {
                LOG.debug("a worker is held up, another one takes its place");
                boolean isReplaced = oneMore() && worker.waitsUnasked();
                if (!isReplaced) {
                    replaced.remove(worker);
                }
            }
        }
    }

    private synchronized List<Member> living() {
        return List.copyOf(live);
    }

    /** Notes that another one takes its place; false if one did, or there may be no more. */
    private synchronized boolean replaces(Member worker) {
        return live.size() < most && replaced.add(worker);
    }

    /** In the place of one that has been waiting for long. */
    private void replaceOne() {
        if (isOneMissed()) {
            boolean ignored = oneMore();
        }
    }

    private synchronized boolean isOneMissed() {
        long limit = System.nanoTime() - LONG_NANOS;
        for (Member worker : live) {
            if (worker.waitsSince(limit) && replaces(worker)) {
                return true;
            }
        }
        return false;
    }

    private boolean oneMore() {
        return receiving.join(Integer.MAX_VALUE) && start(maker.get());
    }

    /** The worker's thread ends. */
    synchronized void ended(Member worker) {
        if (live.remove(worker)) {
            servedByEnded.add(worker.served());
        }
        replaced.remove(worker);
    }

    /** A worker that received does so no more; the last one ends the session. */
    void left() {
        if (receiving.end()) {
            resting.end();
            ended.run();
        }
    }

    /** A thread of these. */
    interface Member {
        void start();

        /** Whether it began to wait before {@code limit} ({@link System#nanoTime}). */
        boolean waitsSince(long limit);

        /** What it has served so far. */
        Served served();

        /** Whether it has been serving the same request since it was asked last, and does not count as waiting. */
        boolean isHeldUp();

        /** It counts as waiting from now on, though it never asked; false if it is not held up any more, or nobody else would receive. */
        boolean waitsUnasked();
    }
}
