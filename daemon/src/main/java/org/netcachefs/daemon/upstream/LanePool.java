package org.netcachefs.daemon.upstream;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of one lane, started when needed and ended when idle for long, and the calls that wait for one. A thread whose call has been out for too long counts as
 * lost and is replaced, within a bound. Thread-safe.
 */
final class LanePool {
    private static final Logger LOG = LoggerFactory.getLogger(LanePool.class);
    private static final long IDLE_MILLIS = 30_000;
    private static final int MOST_WAITING = 1 << 16;

    private final String name;
    private final Size size;
    private final BooleanSupplier gate;
    private final Maker.Runner runner;

    @GuardedBy("this")
    private final Queue<Call<?>> waiting = new ArrayDeque<>();

    @GuardedBy("this")
    private final Set<LaneThread> threads = new LinkedHashSet<>();

    /** Of threads that are not the lane's. */
    @GuardedBy("this")
    private final Set<Maker> visitors = new HashSet<>();

    @GuardedBy("this")
    private int idle;

    /** Places for those that replace lost ones. */
    @GuardedBy("this")
    private int replaced;

    @GuardedBy("this")
    private int lastNumber;

    @GuardedBy("this")
    private boolean ending;

    /** Calls go out while {@code gate} is open, each by {@code runner}. */
    LanePool(String name, Size size, BooleanSupplier gate, Maker.Runner runner) {
        this.name = name;
        this.size = size;
        this.gate = gate;
        this.runner = runner;
    }

    /** False if too many wait already, or there is no thread to be had. */
    synchronized boolean add(Call<?> call) {
        if (waiting.size() >= MOST_WAITING) {
            return false;
        }
        waiting.add(call);
        if (gate.getAsBoolean()) {
            callThread();
            return !threads.isEmpty() || !waiting.remove(call);
        }
        return true;
    }

    /** Makes {@code call} on the calling thread, which has begun what the lane's begin with, and answers it; false if there is no place just now, or others wait for one. */
    boolean makeHere(Call<?> call) {
        Maker visitor = new Maker(runner);
        if (!enter(visitor)) {
            return false;
        }
        Call.Outcome outcome;
        try {
            outcome = visitor.make(call);
        } finally {
            leave(visitor);
        }
        outcome.deliver().run();
        return true;
    }

    private synchronized boolean enter(Maker visitor) {
        return !ending && waiting.isEmpty() && gate.getAsBoolean() && taken() < places() && visitors.add(visitor);
    }

    private synchronized void leave(Maker visitor) {
        visitors.remove(visitor);
        if (!waiting.isEmpty() && gate.getAsBoolean()) {
            callThread();
        }
    }

    /** Places. */
    @GuardedBy("this")
    private int taken() {
        return threads.size() - idle + visitors.size();
    }

    @GuardedBy("this")
    private void callThread() {
        if (idle >= waiting.size()) {
            notify();
        } else if (threads.size() < places()) {
            startThread();
        } else if (idle > 0) {
            notify();
        }
    }

    @GuardedBy("this")
    private int places() {
        return size.places + replaced;
    }

    /** It comes for its first call when this lock is free, by when it is counted. */
    @GuardedBy("this")
    private void startThread() {
        LaneThread thread = new LaneThread(this, name + "-" + ++lastNumber, runner);
        try {
            thread.start();
            threads.add(thread);
        } catch (OutOfMemoryError e) {
            LOG.warn("no thread beyond the {} of {}: {}", threads.size(), name, e.getMessage());
        }
    }

    /** The next call for {@code thread}; null ends it. */
    synchronized @Nullable Call<?> next(LaneThread thread) {
        boolean rested = false;
        while (true) {
            boolean isFree = visitors.isEmpty() || taken() <= places(); // with this one's
            Call<?> call = isFree && gate.getAsBoolean() ? waiting.poll() : null;
            if (call != null) {
                return call;
            }
            if (rested || ending || threads.size() > places()) {
                threads.remove(thread);
                return null;
            }
            rested = rest();
        }
    }

    /** Waits to be called; true if that took too long. The caller loops. */
    @GuardedBy("this")
    @SuppressWarnings("WaitNotInLoop")
    private boolean rest() {
        long before = System.nanoTime();
        idle++;
        try {
            wait(IDLE_MILLIS);
        } catch (InterruptedException e) {
            return false; // nobody interrupts these threads; looking for a call again does no harm
        } finally {
            idle--;
        }
        return System.nanoTime() - before >= IDLE_MILLIS * 1_000_000;
    }

    /** Lets waiting calls go out now that the gate is open. */
    synchronized void wake() {
        notifyAll();
        for (int needed = waiting.size() - idle; needed > 0 && threads.size() < places(); needed--) {
            startThread();
        }
    }

    /** Counts the threads whose call went out before {@code limit} as lost, and has others take their places if {@code replace}. */
    synchronized void countLost(long limit, boolean replace) {
        int lost = lost(limit);
        replaced = Math.min(Math.min(lost, size.replacements), replace ? Integer.MAX_VALUE : replaced);
        if (lost > 0 && gate.getAsBoolean()) {
            wake();
        }
    }

    /** Threads whose call went out before {@code limit}. */
    synchronized int lost(long limit) {
        return (int) makers().filter(maker -> maker.isOutSince(limit)).count();
    }

    @GuardedBy("this")
    private Stream<Maker> makers() {
        return Stream.concat(threads.stream().map(LaneThread::maker), visitors.stream());
    }

    /** How long the oldest call has been out; 0 if none is. */
    synchronized long oldestAge(long now) {
        return makers().mapToLong(maker -> maker.age(now)).max().orElse(0);
    }

    /** Calls that wait for a thread, and threads that are at one. */
    synchronized int outstanding() {
        return waiting.size() + taken();
    }

    synchronized boolean isQuiet() {
        return outstanding() == 0;
    }

    /** Takes the calls that wait: they are never made. */
    synchronized List<Call<?>> takeWaiting() {
        List<Call<?>> calls = new ArrayList<>(waiting);
        waiting.clear();
        return calls;
    }

    /** Takes the calls that wait, and names those that are out: for giving them up. */
    synchronized List<Call<?>> giveUp() {
        List<Call<?>> calls = takeWaiting();
        makers().map(Maker::call).filter(Objects::nonNull).forEach(calls::add);
        return calls;
    }

    /** From now on threads end when nothing waits for them. */
    synchronized void end() {
        ending = true;
        notifyAll();
    }

    /** Threads at most, and how many more may replace lost ones. */
    record Size(int places, int replacements) {}
}
