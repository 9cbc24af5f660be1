package org.netcachefs.fuse.conformance;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.LockRequest;
import org.netcachefs.fuse.LockRequest.Kind;
import org.netcachefs.fuse.LockState;
import org.netcachefs.fuse.Reply;

/** Byte-range and whole-file locks by owner; those that wait hold no thread. Thread-safe. */
final class MemoryLocks {
    private record Waiter(LockRequest request, Reply<Void> reply) {}

    private final List<LockRequest> held = new ArrayList<>();
    private final List<Waiter> waiters = new ArrayList<>();

    synchronized LockState query(LockRequest wanted) {
        LockRequest other = conflict(wanted);
        return other == null
                ? new LockState(Kind.UNLOCK, 0, 0, 0)
                : new LockState(
                        other.kind(),
                        other.start(),
                        other.endInclusive(),
                        other.caller().pid());
    }

    synchronized void set(LockRequest wanted, Reply<Void> reply) {
        if (wanted.kind() != Kind.UNLOCK && conflict(wanted) != null) {
            if (!wanted.blocking()) {
                reply.error(Errno.EAGAIN);
                return;
            }
            Waiter waiter = new Waiter(wanted, reply);
            waiters.add(waiter);
            reply.onInterrupt(() -> giveUp(waiter));
            return;
        }
        apply(wanted);
        reply.ok(null);
        grantWaiters();
    }

    private synchronized void giveUp(Waiter waiter) {
        if (waiters.remove(waiter)) {
            waiter.reply().error(Errno.EINTR);
        }
    }

    synchronized void releaseOwner(long node, long owner) {
        held.removeIf(lock -> !lock.flock() && lock.node() == node && lock.owner() == owner);
        grantWaiters();
    }

    synchronized void releaseHandle(long node, long handle) {
        held.removeIf(lock -> lock.flock() && lock.node() == node && lock.handle() == handle);
        grantWaiters();
    }

    private void grantWaiters() {
        for (Iterator<Waiter> each = waiters.iterator(); each.hasNext(); ) {
            Waiter waiter = each.next();
            if (conflict(waiter.request()) == null) {
                each.remove();
                apply(waiter.request());
                waiter.reply().ok(null);
            }
        }
    }

    private LockRequest conflict(LockRequest wanted) {
        return held.stream()
                .filter(lock -> lock.node() == wanted.node() && lock.flock() == wanted.flock())
                .filter(lock -> !sameOwner(lock, wanted) && overlap(lock, wanted))
                .filter(lock -> lock.kind() == Kind.WRITE || wanted.kind() == Kind.WRITE)
                .findFirst()
                .orElse(null);
    }

    private static boolean sameOwner(LockRequest a, LockRequest b) {
        return a.flock() ? a.handle() == b.handle() : a.owner() == b.owner();
    }

    private static boolean overlap(LockRequest a, LockRequest b) {
        return a.start() <= b.endInclusive() && b.start() <= a.endInclusive();
    }

    /** Replaces what the owner held in the range. */
    private void apply(LockRequest wanted) {
        List<LockRequest> rest = new ArrayList<>();
        held.removeIf(lock -> {
            boolean replaced = lock.node() == wanted.node()
                    && lock.flock() == wanted.flock()
                    && sameOwner(lock, wanted)
                    && overlap(lock, wanted);
            if (replaced && lock.start() < wanted.start()) {
                rest.add(ranged(lock, lock.start(), wanted.start() - 1));
            }
            if (replaced && lock.endInclusive() > wanted.endInclusive()) {
                rest.add(ranged(lock, wanted.endInclusive() + 1, lock.endInclusive()));
            }
            return replaced;
        });
        held.addAll(rest);
        if (wanted.kind() != Kind.UNLOCK) {
            held.add(wanted);
        }
    }

    private static LockRequest ranged(LockRequest lock, long start, long end) {
        return new LockRequest(
                lock.caller(),
                lock.node(),
                lock.handle(),
                lock.owner(),
                start,
                end,
                lock.kind(),
                lock.flock(),
                lock.blocking());
    }
}
