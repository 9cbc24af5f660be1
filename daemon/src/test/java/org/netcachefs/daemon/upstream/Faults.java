package org.netcachefs.daemon.upstream;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.netcachefs.daemon.upstream.FaultyUpstream.Operation;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;

/** The fault switches of a {@link FaultyUpstream}, and its counters. Thread-safe. */
public final class Faults {
    private final Map<Operation, Long> counts = new EnumMap<>(Operation.class);
    private final Map<Operation, Failure> failures = new EnumMap<>(Operation.class);
    private final Map<Operation, Duration> delays = new EnumMap<>(Operation.class);
    private final Map<Operation, Deque<Runnable>> before = new EnumMap<>(Operation.class);
    private final Map<Operation, Deque<Runnable>> after = new EnumMap<>(Operation.class);
    private final Set<Operation> hanging = EnumSet.noneOf(Operation.class);
    private int hung;
    private int longestRead = Integer.MAX_VALUE;
    private long bytesRead;

    /** Fails the {@code nth} call of {@code operation} from now (1 is the next), and only that. */
    public synchronized void fail(Operation operation, int nth, Errno errno) {
        failures.put(operation, new Failure(count(operation, 0) + nth, count(operation, 0) + nth, errno));
    }

    /** Fails every call of {@code operation} until {@link #heal}. */
    public synchronized void failAll(Operation operation, Errno errno) {
        failures.put(operation, new Failure(0, Long.MAX_VALUE, errno));
    }

    /** No call fails, is delayed or cut short any more; hung ones stay hung until {@link #release}. */
    public synchronized void heal() {
        failures.clear();
        delays.clear();
        longestRead = Integer.MAX_VALUE;
    }

    public synchronized void delay(Operation operation, Duration delay) {
        delays.put(operation, delay);
    }

    /** Reads bring at most so many bytes. */
    public synchronized void shortReads(int bytes) {
        longestRead = bytes;
    }

    /** Every call hangs from now on. */
    public void hang() {
        hang(Operation.values());
    }

    /** Calls of these operations hang from now on. */
    public synchronized void hang(Operation... operations) {
        hanging.addAll(Set.of(operations));
    }

    /** Lets go on what hung; nothing hangs any more. */
    public synchronized void release() {
        hanging.clear();
        notifyAll();
    }

    /** How many calls hang now. */
    public synchronized int hung() {
        return hung;
    }

    /** Runs {@code change} once, before the next call of {@code operation} reaches the tree. */
    public synchronized void before(Operation operation, Runnable change) {
        before.computeIfAbsent(operation, key -> new ArrayDeque<>()).add(change);
    }

    /** Runs {@code change} once, after the next call of {@code operation} came back from the tree, or failed there, and before its caller knows. */
    public synchronized void after(Operation operation, Runnable change) {
        after.computeIfAbsent(operation, key -> new ArrayDeque<>()).add(change);
    }

    /** Calls of {@code operation} so far, failed and hung ones included. */
    public synchronized long count(Operation operation) {
        return count(operation, 0);
    }

    /** Calls of all operations so far. */
    public synchronized long calls() {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Bytes of file data read so far. */
    public synchronized long bytesRead() {
        return bytesRead;
    }

    private synchronized long count(Operation operation, int more) {
        return counts.merge(operation, (long) more, Long::sum);
    }

    synchronized void countRead(int bytes) {
        bytesRead += bytes;
    }

    synchronized int longestRead() {
        return longestRead;
    }

    <T> T pass(Operation operation, Call<T> call) throws ErrnoException {
        Duration delay = enter(operation);
        if (!delay.isZero()) {
            LockSupport.parkNanos(delay.toNanos());
        }
        runNext(before, operation);
        try {
            return call.make();
        } finally {
            runNext(after, operation);
        }
    }

    void tally(Operation operation) {
        count(operation, 1);
    }

    private synchronized Duration enter(Operation operation) throws ErrnoException {
        long number = count(operation, 1);
        awaitRelease(operation);
        Failure failure = failures.get(operation);
        if (failure != null && number >= failure.first && number <= failure.last) {
            throw new ErrnoException(failure.errno, "fault: " + operation);
        }
        return delays.getOrDefault(operation, Duration.ZERO);
    }

    private synchronized void awaitRelease(Operation operation) {
        hung++;
        while (hanging.contains(operation)) {
            try {
                wait();
            } catch (InterruptedException e) {
                throw new AssertionError("nothing interrupts a call on upstream", e);
            }
        }
        hung--;
    }

    private void runNext(Map<Operation, Deque<Runnable>> changes, Operation operation) {
        Runnable change;
        synchronized (this) {
            Deque<Runnable> queued = changes.get(operation);
            change = queued == null ? null : queued.poll();
        }
        if (change != null) {
            change.run();
        }
    }

    private record Failure(long first, long last, Errno errno) {}

    /** A call on the tree. */
    interface Call<T> {
        T make() throws ErrnoException;
    }
}
