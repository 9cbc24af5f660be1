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

    void write(Identity caller, WriteRequest request, OwnedBuffer bytes, Reply<Integer> reply) {
        OpenFile file = opens.file(request.handle());
        Writer writer = file == null ? null : file.writer();
        if (file == null || writer == null || !file.retain()) {
            bytes.close();
            reply.error(Errno.EBADF);
            return;
        }
        boolean isKernels = request.caller().pid() == 0 && caller.isOwn();
        Identity who = request.fromPageCache() || isKernels ? file.who() : caller;
        boolean append = writer.flags().appends() && !request.fromPageCache();
        writer.writing()
                .turn(
                        Lane.WRITE,
                        who.makes(tree -> writer.writing()
                                .write(tree, file, writer.handle(), append, request.offset(), bytes.bytes())))
                .whenComplete((written, failure) -> {
                    bytes.close();
                    file.release();
                    if (failure == null) {
                        reply.ok(written.length());
                    } else {
                        reply.error(told("write", file.node(), failure));
                    }
                });
    }

    /** A close of one of the descriptors that share a handle. */
    void flush(long handle, Reply<Void> reply) {
        OpenFile file = opens.file(handle);
        Writer writer = file == null ? null : file.writer();
        if (file == null || writer == null) {
            Outcome.done(reply);
            return;
        }
        answer(reply, "close", file, check(file, writer));
    }

    private CompletionStage<Boolean> check(OpenFile file, Writer writer) {
        return writer.writing().turn(Lane.SYNC, file.who().makes(tree -> {
            writer.writing().check(tree, file, writer.handle());
            return true;
        }));
    }

    /** Answered at once: nobody waits for the last close. What a mapping wrote after the last flush is checked before the descriptor goes. */
    void release(long handle, Reply<Void> reply) {
        OpenFile file = opens.file(handle);
        Writer writer = file == null ? null : file.writer();
        if (file == null || writer == null) {
            answerReleased(opens.release(handle), reply);
            return;
        }
        check(file, writer).whenComplete((done, failure) -> {
            if (failure != null) {
                told("last close", file.node(), failure);
            }
            answerReleased(opens.release(handle), reply);
        });
    }

    private static void answerReleased(boolean known, Reply<Void> reply) {
        if (known) {
            Outcome.done(reply);
        } else {
            reply.error(Errno.EBADF);
        }
    }

    /** Beside the turns: what is written meanwhile does not wait for it. */
    void fsync(long handle, boolean dataOnly, Reply<Void> reply) {
        OpenFile file = opens.file(handle);
        Writer writer = file == null ? null : file.writer();
        if (file == null || writer == null) {
            Outcome.done(reply);
            return;
        }
        CompletionStage<Boolean> synced = core.services().upstream().run(Lane.SYNC, file.who(), tree -> {
            tree.changes().sync(writer.handle(), dataOnly);
            return true;
        });
        synced.whenComplete((done, failure) -> {
            if (failure == null) {
                Outcome.done(reply);
            } else {
                answer(reply, "fsync", file, failed(file, writer, failure));
            }
        });
    }

    /** Before the error is told, nothing of what was written is in the cache any more. */
    private CompletionStage<Boolean> failed(OpenFile file, Writer writer, Throwable failure) {
        CompletableFuture<Boolean> told = new CompletableFuture<>();
        writer.writing()
                .turn(Lane.WRITE, tree -> {
                    writer.writing().failed(file);
                    return true;
                })
                .whenComplete((done, ignored) -> told.completeExceptionally(failure));
        return told;
    }

    /** {@code handle} is the open handle it came through, if any. */
    void truncate(Identity who, long id, long size, @Nullable Long handle, Reply<ValidAttributes> reply) {
        OpenFile file = handle == null ? null : opens.file(handle);
        Writer writer = file == null ? null : file.writer();
        if (writer != null) {
            DataHandle open = writer.handle();
            changed(
                    who,
                    writer.writing(),
                    true,
                    reply,
                    new OnHandle(open, tree -> tree.changes().truncate(open, size)));
            return;
        }
        Node node;
        try {
            node = core.nodes().require(id);
        } catch (ErrnoException e) {
            reply.error(e.errno());
            return;
        }
        Writing writing = writers.use(node);
        changed(
                who,
                writing,
                false,
                new Reply<>() {
                    @Override
                    public boolean ok(ValidAttributes value) {
                        writers.release(node);
                        return reply.ok(value);
                    }

                    @Override
                    public boolean error(Errno errno) {
                        writers.release(node);
                        return reply.error(errno);
                    }

                    @Override
                    public void onInterrupt(Runnable action) {
                        reply.onInterrupt(action);
                    }
                },
                new ByName(node, size));
    }

    void allocate(Identity who, long handle, int mode, long offset, long length, Reply<Void> reply) {
        OpenFile file = opens.file(handle);
        Writer writer = file == null ? null : file.writer();
        if (file == null || writer == null) {
            reply.error(Errno.EBADF);
            return;
        }
        DataHandle open = writer.handle();
        Writing.Change change = new OnHandle(open, tree -> tree.changes().allocate(open, mode, offset, length));
        answer(
                reply,
                "fallocate",
                file,
                writer.writing()
                        .turn(Lane.WRITE, who.makes(tree -> writer.writing().change(tree, true, change) != null)));
    }

    private void changed(
            Identity who, Writing writing, boolean byHandle, Reply<ValidAttributes> reply, Writing.Change change) {
        writing.turn(Lane.WRITE, who.makes(tree -> writing.change(tree, byHandle, change)))
                .whenComplete((look, failure) -> {
                    if (failure == null) {
                        reply.ok(new ValidAttributes(
                                look.attributes(), core.config().unnotifiedAttributesNanos()));
                    } else {
                        reply.error(told("truncate", writing.node(), failure));
                    }
                });
    }

    private interface Call {
        void make(UpstreamTree tree) throws ErrnoException;
    }

    private record OnHandle(DataHandle handle, Call call) implements Writing.Change {
        @Override
        public void make(UpstreamTree tree) throws ErrnoException {
            call.make(tree);
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
        public UpstreamStatus status(UpstreamTree tree) throws ErrnoException {
            return paths.status(tree, node, true);
        }
    }

    private void answer(Reply<Void> reply, String what, OpenFile file, CompletionStage<?> call) {
        Outcome.of(call, () -> what + " of /" + core.nodes().pathOf(file.node()), reply);
    }

    private Errno told(String what, Node node, Throwable failure) {
        Failures.tell(() -> what + " of /" + core.nodes().pathOf(node), failure);
        return Failures.errno(failure);
    }
}
