package org.netcachefs.daemon.netfs;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.netcachefs.daemon.upstream.Identity;
import org.netcachefs.daemon.upstream.UpstreamCalls.Body;
import org.netcachefs.daemon.upstream.UpstreamCalls.Lane;
import org.netcachefs.daemon.upstream.UpstreamStatus;
import org.netcachefs.daemon.upstream.UpstreamTree;
import org.netcachefs.daemon.upstream.UpstreamTree.DataHandle;
import org.netcachefs.daemon.upstream.UpstreamTree.PathHandle;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.OwnedBuffer;
import org.netcachefs.fuse.Reply;
import org.netcachefs.fuse.SetAttributes;
import org.netcachefs.fuse.ValidAttributes;
import org.netcachefs.fuse.WriteRequest;
import org.netcachefs.store.ByteRange;

/** Writes content through to upstream, each change in a turn of its file, answered when upstream has answered. Thread-safe; nothing here waits. */
final class WritePath {
    /** So that the next change of the file, and whoever waits for an answer, need not wait for long. */
    private static final long MOST_COPIED = 128L << 20;

    private final Core core;
    private final Opens opens;
    private final PathHandles paths;
    private final DataHandles data;
    private final Writers writers;
    private final Revalidation revalidation;
    private final Deadlines deadlines;

    WritePath(Core core, Opens opens, PathHandles paths, DataHandles data, Writers writers, Revalidation revalidation) {
        this.data = data;
        this.core = core;
        this.opens = opens;
        this.paths = paths;
        this.writers = writers;
        this.revalidation = revalidation;
        deadlines = new Deadlines(core);
    }

    /** A file that is open for writing, in use until it is released. */
    private record Open(OpenFile file, Writer writer) {
        Writing writing() {
            return writer.writing();
        }

        DataHandle handle() {
            return writer.handle();
        }

        /** {@code body}, unless the handle came to fail while it waited. */
        <T> Body<T> unlessLapsed(Body<T> body) {
            return tree -> {
                requireGood();
                return body.call(tree);
            };
        }

        private void requireGood() throws ErrnoException {
            if (file.isLapsed()) {
                throw new ErrnoException(Errno.EIO, "a change of the file was not answered in time");
            }
        }

        /** {@code call}, after which the handle is not in use; not made at all if the handle fails. */
        <T> CompletionStage<T> unlessLapsed(Supplier<CompletionStage<T>> call) {
            try {
                requireGood();
                return releasedAfter(call.get());
            } catch (ErrnoException e) {
                return releasedAfter(CompletableFuture.failedStage(e));
            }
        }

        /** When {@code call} has ended. */
        <T> CompletionStage<T> releasedAfter(CompletionStage<T> call) {
            return call.whenComplete((done, failure) -> file.release());
        }
    }

    /** Null when the handle is not one to write through. */
    private @Nullable Open open(long handle) {
        OpenFile file = opens.file(handle);
        Writer writer = file == null ? null : file.writer();
        return file != null && writer != null && file.retain() ? new Open(file, writer) : null;
    }

    void write(Identity caller, WriteRequest request, OwnedBuffer bytes, Reply<Integer> reply) {
        Open open = open(request.handle());
        if (open == null) {
            bytes.close();
            reply.error(Errno.EBADF);
            return;
        }
        boolean isKernels = request.caller().pid() == 0 && caller.isOwn();
        Identity who = request.fromPageCache() || isKernels ? open.file.who() : caller;
        boolean append = request.flags().appends() && !request.fromPageCache(); // not as it was opened: fcntl(F_SETFL)
        Body<Writing.Written> body =
                tree -> open.writing().write(tree, open.file, open.writer, append, request.offset(), bytes.bytes());
        Mutation<Writing.Written> call = change(open, Lane.WRITE, who.makes(body));
        call.over().whenComplete((done, failure) -> bytes.close());
        Node node = open.file.node();
        CompletionStage<Integer> length = call.interruptedBy(reply).answer().thenApply(written -> {
            revalidation.written(node, written.offset(), written.length());
            return written.length();
        });
        answerLength(reply, "write", node, length);
    }

    /** Has upstream copy by itself, as much as it does at once. */
    void copy(Identity who, long fromHandle, long from, long handle, long to, long length, Reply<Long> reply) {
        OpenFile source = opens.file(fromHandle);
        Open open = open(handle);
        if (open == null || source == null || !source.retain()) {
            if (open != null) {
                open.file.release();
            }
            reply.error(Errno.EBADF);
            return;
        }
        ByteRange range = new ByteRange(to, Math.min(length, MOST_COPIED));
        Mutation<Long> call = change(
                open,
                Lane.SYNC,
                who.makes(tree -> open.writing()
                        .copy(open.file, open.writer, range, () -> copied(tree, source, from, open.handle(), range))));
        call.over().whenComplete((done, failure) -> source.release());
        answerLength(
                reply,
                "copy_file_range",
                open.file.node(),
                call.interruptedBy(reply).answer());
    }

    private long copied(UpstreamTree tree, OpenFile source, long from, DataHandle to, ByteRange range)
            throws ErrnoException {
        try (HandleCache.Lease<DataHandle> lease = data.lease(tree, source)) {
            return tree.changes().copy(lease.handle(), from, to, range.start(), range.length());
        }
    }

    /** In a turn of the file. */
    private <T> Mutation<T> change(Open open, Lane lane, Body<T> body) {
        return Mutation.limited(
                deadlines,
                new Late(open.writing()),
                open.unlessLapsed(body),
                sent -> open.unlessLapsed(() -> turn(open.writing(), lane, sent)));
    }

    /** What may take long, or is to be answered before it returns, is not made where requests are received. */
    private <T> CompletionStage<T> turn(Writing writing, Lane lane, Body<T> body) {
        return lane == Lane.WRITE && deadlines.isNone() ? writing.turnHere(lane, body) : writing.turn(lane, body);
    }

    /** What comes of a change in a turn of its file that is answered before it comes back: it may still reach upstream. */
    private final class Late implements Mutation.Overdue {
        private final Writing writing;

        Late(Writing writing) {
            this.writing = writing;
        }

        @Override
        public void passed() {
            writing.node().lapse();
            deadlines.drop(() -> {
                writing.distrust();
                tellKernel();
            });
        }

        @Override
        public void landed() {
            writing.landed();
            tellKernel();
        }

        private void tellKernel() {
            CompletionStage<Boolean> unused = revalidation.tellKernel(writing.node(), Revalidation.Stale.CONTENT);
        }
    }

    /** No file is written any more. */
    void close() {
        deadlines.close();
    }

    /** Answered in time, whatever that waits for. */
    Reply<Void> inTime(Reply<Void> reply) {
        return deadlines.isNone() ? reply : new TimedReply(reply, deadlines);
    }

    /** A close of one of the descriptors that share a handle. */
    void flush(long handle, Reply<Void> reply) {
        Open open = open(handle);
        if (open == null) {
            Outcome.done(reply);
        } else {
            Mutation<Boolean> call = Mutation.limited(
                    deadlines,
                    new Late(open.writing()),
                    open.unlessLapsed(checking(open)),
                    sent -> open.unlessLapsed(() -> open.writer.needsCheck() ? checked(open, sent) : done()));
            answer(reply, "close", open.file.node(), call);
        }
    }

    private CompletionStage<Boolean> checked(Open open, Body<Boolean> body) {
        Writing writing = open.writing();
        return deadlines.isNone() ? writing.turnHere(Lane.SYNC, body) : writing.turn(Lane.SYNC, body);
    }

    private static CompletionStage<Boolean> done() {
        return CompletableFuture.completedStage(true);
    }

    private static Body<Boolean> checking(Open open) {
        return open.file.who().makes(tree -> {
            open.writing().check(tree, open.file, open.writer);
            return true;
        });
    }

    /** What a mapping wrote after the last flush is checked before the descriptor goes. */
    void release(long handle, Reply<Void> reply) {
        Open open = open(handle);
        if (open == null) {
            Outcome.released(opens.release(handle), reply);
            return;
        }
        CompletionStage<Boolean> checked = open.writer.needsCheck() ? checked(open, checking(open)) : done();
        open.releasedAfter(checked).whenComplete((done, failure) -> {
            if (failure != null) {
                told("last close", open.file.node(), failure);
            }
            Outcome.released(opens.release(handle), reply);
        });
    }

    /** Beside the turns: what is written meanwhile does not wait for it. */
    void fsync(long handle, boolean dataOnly, Reply<Void> reply) {
        Open open = open(handle);
        if (open == null) {
            Outcome.done(reply);
            return;
        }
        Body<Boolean> body = open.file.who().makes(tree -> {
            tree.changes().sync(open.handle(), dataOnly);
            return true;
        });
        Mutation.Overdue late = new Mutation.Overdue() {
            @Override
            public void passed() {
                open.file.lapse();
            }

            @Override
            public void landed() {} // in no turn, and changes nothing
        };
        answer(
                reply,
                "fsync",
                open.file.node(),
                Mutation.limited(
                        deadlines, late, open.unlessLapsed(body), sent -> open.unlessLapsed(() -> synced(open, sent))));
    }

    private CompletionStage<Boolean> synced(Open open, Body<Boolean> body) {
        CompletionStage<Boolean> synced = core.services().upstream().run(Lane.SYNC, body);
        return synced.handle((done, failure) -> failure == null ? synced : failed(open, failure))
                .thenCompose(stage -> stage);
    }

    /** Before the error is told, nothing of what was written is in the cache any more. */
    private CompletionStage<Boolean> failed(Open open, Throwable failure) {
        CompletableFuture<Boolean> told = new CompletableFuture<>();
        open.writing()
                .turn(Lane.WRITE, tree -> {
                    open.writing().failed(open.file);
                    return true;
                })
                .whenComplete((done, ignored) -> told.completeExceptionally(failure));
        return told;
    }

    /** {@code wanted} has the size, and the open handle it came through, if any. */
    void truncate(Identity who, long id, SetAttributes wanted, Reply<ValidAttributes> reply) {
        long size = Objects.requireNonNull(wanted.size());
        Long handle = wanted.handle();
        Open open = handle == null ? null : open(handle);
        if (open == null) {
            truncate(who, id, size, reply);
            return;
        }
        OnHandle change =
                new OnHandle(open.handle(), size, tree -> tree.changes().truncate(open.handle(), size));
        Body<Look> body = tree -> open.writing().change(tree, true, change);
        Mutation<Look> call = change(open, Lane.WRITE, who.makes(body));
        answer(reply, "truncate", open.file.node(), call.interruptedBy(reply).answer());
    }

    private void truncate(Identity who, long id, long size, Reply<ValidAttributes> reply) {
        Node node;
        try {
            node = core.nodes().require(id);
        } catch (ErrnoException e) {
            reply.error(e.errno());
            return;
        }
        Writing writing = writers.use(node);
        Mutation<Look> call = Mutation.limited(
                deadlines,
                new Late(writing),
                who.makes(tree -> writing.change(tree, false, new ByName(node, size))),
                sent -> writing.turn(Lane.WRITE, sent).whenComplete((look, failure) -> writers.release(node)));
        answer(reply, "truncate", node, call.interruptedBy(reply).answer());
    }

    void allocate(Identity who, long handle, int mode, long offset, long length, Reply<Void> reply) {
        Open open = open(handle);
        if (open == null) {
            reply.error(Errno.EBADF);
            return;
        }
        OnHandle change = new OnHandle(
                open.handle(), Long.MAX_VALUE, tree -> tree.changes().allocate(open.handle(), mode, offset, length));
        Mutation<Look> call =
                change(open, Lane.WRITE, who.makes(tree -> open.writing().change(tree, true, change)));
        answer(reply, "fallocate", open.file.node(), call.interruptedBy(reply));
    }

    private void answer(Reply<ValidAttributes> reply, String what, Node node, CompletionStage<Look> call) {
        Outcome.shown(core, call, () -> what + " of /" + core.nodes().pathOf(node), reply);
    }

    private <T> void answerLength(Reply<T> reply, String what, Node node, CompletionStage<T> call) {
        call.whenComplete((length, failure) -> {
            if (failure == null) {
                reply.ok(length);
            } else {
                reply.error(told(what, node, failure));
            }
        });
    }

    private void answer(Reply<Void> reply, String what, Node node, Mutation<?> call) {
        Outcome.of(call.answer(), () -> what + " of /" + core.nodes().pathOf(node), reply);
    }

    private interface Call {
        void make(UpstreamTree tree) throws ErrnoException;
    }

    /** {@code most}: the size it leaves at most. */
    private record OnHandle(DataHandle handle, long most, Call call) implements Writing.Change {
        @Override
        public void make(UpstreamTree tree) throws ErrnoException {
            call.make(tree);
        }

        @Override
        public long sizeMeanwhile(long before) {
            return Math.min(before, most);
        }

        @Override
        public UpstreamStatus status(UpstreamTree tree) throws ErrnoException {
            return tree.status(handle, true);
        }
    }

    private final class ByName implements Writing.Change {
        private final Node node;
        private final long size;

        ByName(Node node, long size) {
            this.node = node;
            this.size = size;
        }

        @Override
        public void make(UpstreamTree tree) throws ErrnoException {
            try (HandleCache.Lease<PathHandle> lease = paths.lease(tree, node)) {
                tree.changes().truncate(lease.handle(), size);
            }
        }

        @Override
        public long sizeMeanwhile(long before) {
            return Math.min(before, size);
        }

        @Override
        public UpstreamStatus status(UpstreamTree tree) throws ErrnoException {
            return paths.status(tree, node, true);
        }
    }

    private Errno told(String what, Node node, Throwable failure) {
        Failures.tell(() -> what + " of /" + core.nodes().pathOf(node), failure);
        return Failures.errno(failure);
    }
}
