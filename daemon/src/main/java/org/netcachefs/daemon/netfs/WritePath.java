package org.netcachefs.daemon.netfs;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.netcachefs.daemon.upstream.Identity;
import org.netcachefs.daemon.upstream.UpstreamCalls.Lane;
import org.netcachefs.daemon.upstream.UpstreamStatus;
import org.netcachefs.daemon.upstream.UpstreamTree;
import org.netcachefs.daemon.upstream.UpstreamTree.DataHandle;
import org.netcachefs.daemon.upstream.UpstreamTree.PathHandle;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.OwnedBuffer;
import org.netcachefs.fuse.Reply;
import org.netcachefs.fuse.ValidAttributes;
import org.netcachefs.fuse.WriteRequest;

/** Writes content through to upstream, each change in a turn of its file, answered when upstream has answered. Thread-safe; nothing here waits. */
final class WritePath {
    private final Core core;
    private final Opens opens;
    private final PathHandles paths;
    private final Writers writers;

    WritePath(Core core, Opens opens, PathHandles paths, Writers writers) {
        this.core = core;
        this.opens = opens;
        this.paths = paths;
        this.writers = writers;
    }

    /** A file that is open for writing, in use until it is released. */
    private record Open(OpenFile file, Writer writer) {
        Writing writing() {
            return writer.writing();
        }

        DataHandle handle() {
            return writer.handle();
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
        boolean append = open.writer.flags().appends() && !request.fromPageCache();
        CompletionStage<Writing.Written> call = Mutation.of(
                reply,
                who.makes(tree ->
                        open.writing().write(tree, open.file, open.writer, append, request.offset(), bytes.bytes())),
                body -> open.writing().turn(Lane.WRITE, body));
        open.releasedAfter(call).whenComplete((written, failure) -> {
            bytes.close();
            if (failure == null) {
                reply.ok(written.length());
            } else {
                reply.error(told("write", open.file.node(), failure));
            }
        });
    }

    /** A close of one of the descriptors that share a handle. */
    void flush(long handle, Reply<Void> reply) {
        Open open = open(handle);
        if (open == null) {
            Outcome.done(reply);
        } else {
            answer(reply, "close", open, check(open));
        }
    }

    private static CompletionStage<Boolean> check(Open open) {
        if (!open.writer.needsCheck()) {
            return CompletableFuture.completedStage(true);
        }
        return open.writing().turn(Lane.SYNC, open.file.who().makes(tree -> {
            open.writing().check(tree, open.file, open.writer);
            return true;
        }));
    }

    /** What a mapping wrote after the last flush is checked before the descriptor goes. */
    void release(long handle, Reply<Void> reply) {
        Open open = open(handle);
        if (open == null) {
            Outcome.released(opens.release(handle), reply);
            return;
        }
        open.releasedAfter(check(open)).whenComplete((done, failure) -> {
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
        CompletionStage<Boolean> synced = core.services().upstream().run(Lane.SYNC, open.file.who(), tree -> {
            tree.changes().sync(open.handle(), dataOnly);
            return true;
        });
        CompletionStage<Boolean> told = synced.handle(
                        (done, failure) -> failure == null ? synced : failed(open, failure))
                .thenCompose(stage -> stage);
        answer(reply, "fsync", open, told);
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

    /** {@code handle} is the open handle it came through, if any. */
    void truncate(Identity who, long id, long size, @Nullable Long handle, Reply<ValidAttributes> reply) {
        Open open = handle == null ? null : open(handle);
        if (open == null) {
            truncate(who, id, size, reply);
            return;
        }
        OnHandle change =
                new OnHandle(open.handle(), size, tree -> tree.changes().truncate(open.handle(), size));
        answer(
                reply,
                "truncate",
                open.file.node(),
                open.releasedAfter(change(who, open.writing(), true, reply, change)));
    }

    private void truncate(Identity who, long id, long size, Reply<ValidAttributes> reply) {
        Node node;
        try {
            node = core.nodes().require(id);
        } catch (ErrnoException e) {
            reply.error(e.errno());
            return;
        }
        CompletionStage<Look> call = change(who, writers.use(node), false, reply, new ByName(node, size));
        answer(reply, "truncate", node, call.whenComplete((look, failure) -> writers.release(node)));
    }

    void allocate(Identity who, long handle, int mode, long offset, long length, Reply<Void> reply) {
        Open open = open(handle);
        if (open == null) {
            reply.error(Errno.EBADF);
            return;
        }
        OnHandle change = new OnHandle(
                open.handle(), Long.MAX_VALUE, tree -> tree.changes().allocate(open.handle(), mode, offset, length));
        answer(reply, "fallocate", open, change(who, open.writing(), true, reply, change));
    }

    private static CompletionStage<Look> change(
            Identity who, Writing writing, boolean byHandle, Reply<?> reply, Writing.Change change) {
        return Mutation.of(
                reply,
                who.makes(tree -> writing.change(tree, byHandle, change)),
                body -> writing.turn(Lane.WRITE, body));
    }

    private void answer(Reply<ValidAttributes> reply, String what, Node node, CompletionStage<Look> call) {
        Outcome.shown(core, call, () -> what + " of /" + core.nodes().pathOf(node), reply);
    }

    private void answer(Reply<Void> reply, String what, Open open, CompletionStage<?> call) {
        Outcome.of(open.releasedAfter(call), () -> what + " of /" + core.nodes().pathOf(open.file.node()), reply);
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
