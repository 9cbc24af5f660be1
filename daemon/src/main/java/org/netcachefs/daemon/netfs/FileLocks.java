package org.netcachefs.daemon.netfs;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.netcachefs.daemon.upstream.ByteLock;
import org.netcachefs.daemon.upstream.UpstreamTree.DataHandle;
import org.netcachefs.fuse.LockRequest;
import org.netcachefs.fuse.LockState;

/** Who has locked what of one file, and who waits for it, in the order they came. Thread-safe. */
final class FileLocks {
    private static final long FIRST_MILLIS = 1;
    private static final long LONGEST_MILLIS = 250;

    private final Node node;
    private final Turns turns = new Turns();

    @GuardedBy("this")
    private final Map<LockOwner, HeldLocks> owners = new HashMap<>();

    @GuardedBy("this")
    private final List<LockAttempt> waiting = new ArrayList<>();

    /** Refused, by others than ours, to those who are tried again in this round. */
    @GuardedBy("this")
    private final List<Refused> refused = new ArrayList<>();

    @GuardedBy("this")
    private long pauseMillis = FIRST_MILLIS;

    @GuardedBy("this")
    private boolean pausing;

    FileLocks(Node node) {
        this.node = node;
    }

    Node node() {
        return node;
    }

    /** Calls that lock and unlock are made one after the other. */
    Turns turns() {
        return turns;
    }

    synchronized @Nullable HeldLocks held(LockOwner owner) {
        return owners.get(owner);
    }

    synchronized void add(HeldLocks held) {
        owners.put(held.owner(), held);
    }

    synchronized @Nullable HeldLocks remove(LockOwner owner) {
        return owners.remove(owner);
    }

    /** Whether another owner, of the same kind of lock, has them by the same open file. */
    synchronized boolean isShared(HeldLocks held) {
        return owners.values().stream()
                .anyMatch(other -> other.owner().flock() == held.owner().flock()
                        && !other.owner().equals(held.owner())
                        && other.shares(held));
    }

    synchronized int descriptors() {
        return owners.size();
    }

    /** Takes all descriptors there are. */
    synchronized List<DataHandle> takeAll() {
        List<DataHandle> all =
                owners.values().stream().map(HeldLocks::descriptor).toList();
        owners.clear();
        return all;
    }

    /** Those last asked for through this handle. */
    synchronized List<HeldLocks> through(long handle) {
        return owners.values().stream().filter(held -> held.handle() == handle).toList();
    }

    /** A lock of another owner of ours, of the same kind, that is in the way. */
    @Nullable
    LockState conflict(LockOwner owner, ByteLock wanted) {
        HeldLocks held = inTheWay(owner, wanted);
        ByteLock conflict = held == null ? null : held.locks().conflict(wanted);
        return held == null || conflict == null
                ? null
                : new LockState(conflict.kind(), conflict.start(), conflict.endInclusive(), held.pid());
    }

    /** Another owner of ours who has such a lock. */
    synchronized @Nullable HeldLocks inTheWay(LockOwner owner, ByteLock wanted) {
        for (HeldLocks held : owners.values()) {
            boolean other =
                    held.owner().flock() == owner.flock() && !held.owner().equals(owner);
            if (other && held.locks().conflict(wanted) != null) {
                return held;
            }
        }
        return null;
    }

    private record Refused(boolean flock, ByteLock lock) {
        /** Whether what was in its way is in the way of {@code other} too. */
        boolean goesFor(LockOwner owner, ByteLock other) {
            boolean covered = other.start() <= lock.start() && other.endInclusive() >= lock.endInclusive();
            return flock == owner.flock()
                    && covered
                    && (other.kind() == LockRequest.Kind.WRITE || other.kind() == lock.kind());
        }
    }

    synchronized void refused(LockOwner owner, ByteLock lock) {
        refused.add(new Refused(owner.flock(), lock));
    }

    synchronized boolean isRefused(LockOwner owner, ByteLock lock) {
        return refused.stream().anyMatch(other -> other.goesFor(owner, lock));
    }

    synchronized void await(LockAttempt attempt) {
        if (!waiting.contains(attempt)) {
            waiting.add(attempt);
            pauseMillis = FIRST_MILLIS;
        }
    }

    synchronized void leave(LockAttempt attempt) {
        if (waiting.remove(attempt)) {
            pauseMillis = FIRST_MILLIS;
        }
    }

    /** Whether somebody who waits for what {@code newcomer} wants too is just about to be tried again. */
    synchronized boolean isDueToAnother(LockAttempt newcomer) {
        return waiting.stream().anyMatch(other -> other != newcomer && other.isDue() && other.conflicts(newcomer));
    }

    /** Those to be tried again now. */
    synchronized List<LockAttempt> round() {
        refused.clear();
        return List.copyOf(waiting);
    }

    /** How long to pause before those that wait are tried again; 0 if a pause is under way, or nobody waits. */
    synchronized long beginPause() {
        if (pausing || waiting.isEmpty()) {
            return 0;
        }
        pausing = true;
        long millis = pauseMillis;
        pauseMillis = Math.min(LONGEST_MILLIS, 2 * pauseMillis);
        return millis;
    }

    synchronized void endPause() {
        pausing = false;
    }
}
