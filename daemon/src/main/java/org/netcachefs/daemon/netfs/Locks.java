package org.netcachefs.daemon.netfs;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.netcachefs.daemon.upstream.ByteLock;
import org.netcachefs.daemon.upstream.UpstreamCalls.Body;
import org.netcachefs.daemon.upstream.UpstreamCalls.Lane;
import org.netcachefs.daemon.upstream.UpstreamTree;
import org.netcachefs.daemon.upstream.UpstreamTree.DataHandle;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.LockRequest;
import org.netcachefs.fuse.LockRequest.Kind;
import org.netcachefs.fuse.LockState;
import org.netcachefs.fuse.Reply;

/**
 * The locks programs take through the mount, held upstream by a descriptor of each owner's own. Who waits for one holds no thread: it is tried again when one of ours
 * is dropped, and now and then. See docs/design/0006. Thread-safe.
 */
final class Locks {
    /** A descriptor was closed, perhaps the last one of its open file. */
    private static final long JUST_CLOSED_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    /** Until the message of a last close has come, which the kernel sent before. */
    private static final long WAIT_FOR_CLOSE_MILLIS = 50;

    private final Core core;
    private final Opens opens;
    private final LockDescriptors descriptors;
    private final Revalidation revalidation;
    private final @Nullable Writers writers;

    @GuardedBy("this")
    private final Map<Long, Used> files = new HashMap<>();

    /** {@code writers} is null where nothing can be written. */
    Locks(Core core, Opens opens, LockDescriptors descriptors, Revalidation revalidation, @Nullable Writers writers) {
        this.core = core;
        this.opens = opens;
        this.descriptors = descriptors;
        this.revalidation = revalidation;
        this.writers = writers;
    }

    /** Of a file, as long as an owner has a descriptor or an attempt is under way. */
    private static final class Used {
        private final FileLocks locks;
        private int users;

        Used(FileLocks locks) {
            this.locks = locks;
        }
    }

    /** How an attempt ended for now. */
    private enum Ended {
        GRANTED,
        REFUSED,
        /** It waits, or was given up. */
        NOT_YET
    }

    /** {@code before}: what the owner had of the bytes. */
    private record Result(Ended ended, List<ByteLock> before, Revalidation.Stale stale) {
        static Result not(Ended ended) {
            return new Result(ended, List.of(), Revalidation.Stale.NOTHING);
        }
    }

    // ---- what is asked

    void set(LockRequest request, Reply<Void> reply) {
        OpenFile file = opens.file(request.handle());
        if (file == null) {
            reply.error(Errno.EBADF);
        } else if (request.kind() == Kind.UNLOCK) {
            unlock(file.node(), request, reply);
        } else {
            Node node = file.node();
            LockAttempt attempt = new LockAttempt(file, use(node), request, reply, () -> leave(node));
            attempt.heedInterrupts();
            mappedIsWritten(node, request).whenComplete((done, failure) -> begin(attempt));
        }
    }

    /** Who has locked bytes for writing, and does so no more, has written them, through a mapping too. */
    private CompletionStage<Boolean> mappedIsWritten(Node node, LockRequest request) {
        boolean mayBe = request.kind() != Kind.WRITE
                && writers != null
                && writers.mayBeMapped(node)
                && isLockedForWriting(node, request);
        return mayBe ? revalidation.mappedIsWritten(node) : CompletableFuture.completedStage(true);
    }

    /** Any of the bytes, by who asks. */
    private boolean isLockedForWriting(Node node, LockRequest request) {
        FileLocks locks = known(node);
        HeldLocks held = locks == null ? null : locks.held(LockOwner.of(request));
        return held != null
                && held.locks().within(ByteLock.of(request)).stream().anyMatch(lock -> lock.kind() == Kind.WRITE);
    }

    void query(LockRequest request, Reply<LockState> reply) {
        OpenFile file = opens.file(request.handle());
        if (file == null) {
            reply.error(Errno.EBADF);
            return;
        }
        ByteLock wanted = ByteLock.of(request);
        LockOwner owner = LockOwner.of(request);
        FileLocks locks = known(file.node());
        LockState ours = locks == null ? null : locks.conflict(owner, wanted);
        if (ours != null) {
            reply.ok(ours);
            return;
        }
        HeldLocks held = locks == null ? null : locks.held(owner);
        Answer<LockState> answer = new Answer<>(reply);
        core.services()
                .upstream()
                .run(Lane.METADATA, tree -> ask(tree, file, held, request))
                .whenComplete((state, failure) -> {
                    if (failure == null) {
                        answer.ok(state);
                    } else {
                        Failures.tell(() -> described("query of a lock", file.node()), failure);
                        answer.error(Failures.errno(failure));
                    }
                });
    }

    private LockState ask(UpstreamTree tree, OpenFile file, @Nullable HeldLocks held, LockRequest request)
            throws ErrnoException {
        ByteLock wanted = ByteLock.of(request);
        if (held != null) {
            return tree.locks().query(held.descriptor(), wanted);
        }
        try (DataHandle descriptor = descriptors.open(tree, file, request).descriptor()) {
            return tree.locks().query(descriptor, wanted);
        }
    }

    /** What is answered through {@code reply} waits until the POSIX locks of this owner are dropped: one of his descriptors is closed. */
    Reply<Void> closing(long handle, long owner, Reply<Void> reply) {
        OpenFile file = opens.file(handle);
        if (file != null) {
            file.flushed(System.nanoTime());
        }
        FileLocks locks = file == null ? null : known(file.node());
        HeldLocks held = locks == null ? null : locks.held(new LockOwner(false, owner));
        if (locks == null || held == null) {
            return reply;
        }
        return new Reply<>() {
            @Override
            public boolean ok(Void value) {
                drop(locks, held.owner()).whenComplete((done, failure) -> Outcome.done(reply));
                return true;
            }

            @Override
            public boolean error(Errno errno) {
                drop(locks, held.owner()).whenComplete((done, failure) -> reply.error(errno));
                return true;
            }

            @Override
            public void onInterrupt(Runnable action) {
                reply.onInterrupt(action);
            }
        };
    }

    /** The handle is released: what was locked through it last, and nobody unlocked, is dropped after what was written. */
    void released(long handle) {
        OpenFile file = opens.file(handle);
        FileLocks locks = file == null ? null : known(file.node());
        if (locks != null) {
            for (HeldLocks held : locks.through(handle)) {
                CompletionStage<Boolean> unused = drop(locks, held.owner());
            }
        }
    }

    // ---- taking

    private void begin(LockAttempt attempt) {
        FileLocks locks = attempt.locks();
        locks.turns().take(() -> tried(attempt)).whenComplete((result, failure) -> {
            if (failure != null) {
                Failures.tell(() -> described("lock", locks.node()), failure);
                attempt.error(Failures.errno(failure));
                return;
            }
            switch (result.ended()) {
                case GRANTED -> granted(attempt, result);
                case REFUSED -> attempt.refused();
                case NOT_YET -> {}
            }
        });
    }

    /** Upstream is not asked for what another of ours has: he will tell; nor, in one round, for what was just refused to another who waits. But a flock that is refused is to lose the one before. */
    private CompletionStage<Result> tried(LockAttempt attempt) {
        FileLocks locks = attempt.locks();
        if (!attempt.wasRefused() && locks.isDueToAnother(attempt)) {
            begin(attempt); // behind him
            return CompletableFuture.completedFuture(Result.not(Ended.NOT_YET));
        }
        HeldLocks held = locks.held(attempt.owner());
        boolean loses = attempt.owner().flock() && held != null && !held.locks().isEmpty();
        if (!loses && isKnownToBeTaken(attempt)) {
            return CompletableFuture.completedFuture(refused(attempt));
        }
        return afterWrites(locks.node(), Lane.CHANGE, tree -> take(tree, attempt));
    }

    private static boolean isKnownToBeTaken(LockAttempt attempt) {
        FileLocks locks = attempt.locks();
        return locks.conflict(attempt.owner(), attempt.lock()) != null
                || (attempt.wasRefused() && locks.isRefused(attempt.owner(), attempt.lock()));
    }

    private Result take(UpstreamTree tree, LockAttempt attempt) throws ErrnoException {
        if (!attempt.send()) {
            return Result.not(Ended.NOT_YET);
        }
        FileLocks locks = attempt.locks();
        boolean isFirst = locks.held(attempt.owner()) == null;
        HeldLocks held = descriptors.held(tree, attempt);
        if (isFirst) {
            use(locks.node());
        }
        List<ByteLock> before = held.locks().within(attempt.lock());
        boolean had = !held.locks().isEmpty();
        if (!held.set(tree, attempt.lock())) {
            if (attempt.wasRefused()) {
                locks.refused(attempt.owner(), attempt.lock());
            }
            Result result = refused(attempt);
            if (had && held.locks().isEmpty()) { // by this: others may have it now
                retry(locks);
            }
            pause(locks);
            return result;
        }
        if (before.stream().anyMatch(lock -> lock.kind() == Kind.WRITE)) {
            retry(locks);
        }
        return new Result(Ended.GRANTED, before, revalidation.check(tree, locks.node(), held.descriptor()));
    }

    /** In the attempt's turn, so that no lock is dropped unseen before it waits. */
    private Result refused(LockAttempt attempt) {
        return Result.not(attempt.waits() || waitsForClose(attempt) ? Ended.NOT_YET : Ended.REFUSED);
    }

    /** With the last close of an open file go its locks, but close(2) returns before the kernel's message of it is read: what was refused meanwhile waits for that. */
    private boolean waitsForClose(LockAttempt attempt) {
        HeldLocks other = attempt.locks().inTheWay(attempt.owner(), attempt.lock());
        boolean waits = other != null && isBeingClosed(opens.file(other.handle())) && attempt.waitsOnce();
        if (waits) {
            ScheduledFuture<?> unused = core.services()
                    .timer()
                    .schedule(attempt::waitsNoMore, WAIT_FOR_CLOSE_MILLIS, TimeUnit.MILLISECONDS);
        }
        return waits;
    }

    private static boolean isBeingClosed(@Nullable OpenFile holder) {
        return holder == null || holder.wasFlushedSince(System.nanoTime() - JUST_CLOSED_NANOS);
    }

    /** Others do not tell when they drop a lock. */
    private void pause(FileLocks locks) {
        long millis = locks.beginPause();
        if (millis > 0) {
            ScheduledFuture<?> unused =
                    core.services().timer().schedule(() -> endPause(locks), millis, TimeUnit.MILLISECONDS);
        }
    }

    private void endPause(FileLocks locks) {
        CompletionStage<Boolean> unused = locks.turns().take(() -> {
            locks.endPause();
            retry(locks);
            return CompletableFuture.completedFuture(true);
        });
    }

    /** In a turn, or a newcomer could find one due that has no turn yet, and go round and round behind nobody. */
    private void retry(FileLocks locks) {
        for (LockAttempt attempt : locks.round()) {
            if (attempt.retry()) {
                begin(attempt);
            }
        }
    }

    /** The kernel is told also of what is not granted any more: it was found stale. */
    private void granted(LockAttempt attempt, Result result) {
        attempt.granted(() -> undo(attempt, result.before()));
        revalidation
                .tellKernel(attempt.locks().node(), result.stale())
                .whenComplete((sent, failure) -> attempt.answer());
    }

    /** Nobody took it: the owner has what it had before. */
    private void undo(LockAttempt attempt, List<ByteLock> before) {
        FileLocks locks = attempt.locks();
        turn(locks, tree -> {
                    HeldLocks held = locks.held(attempt.owner());
                    for (ByteLock lock : before) {
                        if (held != null) {
                            held.set(tree, lock);
                        }
                    }
                    return true;
                })
                .whenComplete((done, failure) -> attempt.undone());
    }

    // ---- dropping

    private void unlock(Node node, LockRequest request, Reply<Void> reply) {
        FileLocks locks = known(node);
        LockOwner owner = LockOwner.of(request);
        HeldLocks held = locks == null ? null : locks.held(owner);
        if (locks == null || held == null || held.locks().isEmpty()) {
            Outcome.done(reply);
            return;
        }
        CompletionStage<Boolean> unlocked = mappedIsWritten(node, request)
                .thenCompose(done -> turn(locks, tree -> {
                    HeldLocks now = locks.held(owner); // a close may have dropped it meanwhile
                    return now == null || now.set(tree, ByteLock.of(request));
                }));
        Outcome.of(unlocked, () -> described("unlock", node), reply);
    }

    /** What the owner has by then. */
    private CompletionStage<Boolean> drop(FileLocks locks, LockOwner owner) {
        return turn(locks, tree -> {
            HeldLocks held = locks.remove(owner);
            if (held == null) {
                return false;
            }
            try {
                held.end(tree);
            } finally {
                leave(locks.node());
            }
            return true;
        });
    }

    // ---- turns

    /** Of what may let others have theirs: they are tried again, and come before whoever asks from now on. */
    private CompletionStage<Boolean> turn(FileLocks locks, Body<Boolean> body) {
        return locks.turns()
                .take(() -> afterWrites(locks.node(), Lane.CLOSE, body).whenComplete((done, failure) -> retry(locks)));
    }

    private <T> CompletionStage<T> afterWrites(Node node, Lane lane, Body<T> body) {
        Writing writing = writers == null ? null : writers.writing(node);
        return writing == null ? core.services().upstream().run(lane, body) : writing.turn(lane, body);
    }

    private String described(String what, Node node) {
        return what + " of /" + core.nodes().pathOf(node);
    }

    private synchronized @Nullable FileLocks known(Node node) {
        Used used = files.get(node.id());
        return used == null ? null : used.locks;
    }

    private synchronized FileLocks use(Node node) {
        Used used = files.computeIfAbsent(node.id(), id -> new Used(new FileLocks(node)));
        used.users++;
        return used.locks;
    }

    private synchronized void leave(Node node) {
        files.computeIfPresent(node.id(), (id, used) -> --used.users == 0 ? null : used);
    }

    /** Descriptors held for locks. */
    int size() {
        return all().stream().mapToInt(FileLocks::descriptors).sum();
    }

    /** Files that are locked, or somebody tries to lock. */
    synchronized int files() {
        return files.size();
    }

    void closeAll() {
        for (FileLocks locks : all()) {
            PathHandles.closeLater(core.services().upstream(), locks.takeAll());
        }
    }

    private synchronized List<FileLocks> all() {
        return files.values().stream().map(used -> used.locks).toList();
    }
}
