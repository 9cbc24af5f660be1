package org.netcachefs.daemon.netfs;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.netcachefs.daemon.upstream.UpstreamCalls.Lane;
import org.netcachefs.daemon.upstream.UpstreamTree;
import org.netcachefs.daemon.upstream.UpstreamTree.DataHandle;
import org.netcachefs.fuse.Entry;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.Notifier;
import org.netcachefs.fuse.Reply;
import org.netcachefs.fuse.ValidAttributes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has an open file grow in the kernel before an answer shows that it grew upstream: by the answer alone the kernel would believe the new size before it drops
 * the page that held the old end, and who reads beside the question would find zeros there ({@link Notifier#grow}); or, if a notice of the node went out since the question, it would
 * not believe the size at all, and a mapping read up to it would end in SIGBUS. Thread-safe; nothing here waits.
 */
final class Growth {
    private static final Logger LOG = LoggerFactory.getLogger(Growth.class);

    private final Core core;
    private final DataHandles data;
    private final Supplier<@Nullable Notifier> notifier;
    private final ConcurrentHashMap<Long, CompletableFuture<Boolean>> underWay = new ConcurrentHashMap<>();

    Growth(Core core, DataHandles data, Supplier<@Nullable Notifier> notifier) {
        this.core = core;
        this.data = data;
        this.notifier = notifier;
    }

    /** Whether the kernel has to be told before this is shown. */
    static boolean isHidden(Node node, Look look) {
        return node.opens() > 0
                && node.kernelPages().endsBefore(look.attributes().size());
    }

    /** Answers of a node's attributes. */
    Reply<ValidAttributes> attributes(long id, Reply<ValidAttributes> reply) {
        return new Sized<>(reply) {
            @Override
            long node(ValidAttributes value) {
                return id;
            }

            @Override
            long size(ValidAttributes value) {
                return value.attributes().size();
            }

            @Override
            void undo(ValidAttributes value) {}
        };
    }

    /** Answers of a name, which {@code names} takes back if nobody takes them. */
    Reply<Entry> entries(Names names, Reply<Entry> reply) {
        long root = core.nodes().root().id();
        return new Sized<>(reply) {
            @Override
            long node(Entry value) {
                return InodeNumbers.shown(value.node(), root);
            }

            @Override
            long size(Entry value) {
                return value.attributes().size();
            }

            @Override
            void undo(Entry value) {
                names.undo(value);
            }
        };
    }

    private abstract class Sized<T> implements Reply<T> {
        private final Reply<T> reply;

        Sized(Reply<T> reply) {
            this.reply = reply;
        }

        abstract long node(T value);

        abstract long size(T value);

        abstract void undo(T value);

        @Override
        public boolean ok(T value) {
            Node node = core.nodes().known(node(value));
            CompletionStage<Boolean> grown = node == null ? null : grown(node, size(value));
            if (grown == null) {
                return reply.ok(value);
            }
            grown.whenComplete((told, failure) -> {
                if (!reply.ok(value)) {
                    undo(value);
                }
            });
            return true;
        }

        @Override
        public boolean error(Errno errno) {
            return reply.error(errno);
        }

        @Override
        public void onInterrupt(Runnable action) {
            reply.onInterrupt(action);
        }
    }

    /** Completes when the size may be shown; null if it may at once. */
    private @Nullable CompletionStage<Boolean> grown(Node node, long size) {
        CompletableFuture<Boolean> other = underWay.get(node.id());
        if (other != null) {
            return other.thenCompose(told -> again(node, size));
        }
        KernelPages pages = node.kernelPages();
        if (node.opens() == 0 || !pages.endsBefore(size)) {
            pages.shownToEndAt(size);
            return null;
        }
        Notifier kernel = notifier.get();
        CompletableFuture<Boolean> mine = new CompletableFuture<>();
        if (kernel == null || underWay.putIfAbsent(node.id(), mine) != null) {
            return again(node, size);
        }
        grow(kernel, node, size).whenComplete((told, failure) -> {
            if (failure != null) {
                LOG.debug("{} grows without telling the kernel before: {}", node, failure.getMessage());
            }
            pages.shownToEndAt(size);
            underWay.remove(node.id());
            mine.complete(failure == null);
        });
        return mine;
    }

    private CompletionStage<Boolean> again(Node node, long size) {
        CompletionStage<Boolean> stage = grown(node, size);
        return stage == null ? CompletableFuture.completedStage(true) : stage;
    }

    /** The byte may be written through the kernel meanwhile, which would then show it as it was before: it is dropped, at once or by {@link Revalidation#written}. */
    private CompletionStage<Boolean> grow(Notifier kernel, Node node, long size) {
        KernelPages pages = node.kernelPages();
        long old = pages.end();
        long writes = pages.writes();
        long shown = InodeNumbers.shown(node.id(), core.nodes().root().id());
        pages.toldToDrop(core.now());
        return core.services()
                .upstream()
                .run(Lane.DATA, tree -> byteAt(tree, node, size - 1))
                .thenCompose(last -> kernel.grow(shown, old, size, last))
                .thenCompose(told -> pages.writes() == writes
                        ? CompletableFuture.completedStage(told)
                        : kernel.invalidateNode(shown, size - 1, Byte.BYTES));
    }

    private byte byteAt(UpstreamTree tree, Node node, long offset) throws ErrnoException {
        ByteBuffer one = ByteBuffer.allocateDirect(Byte.BYTES);
        try (HandleCache.Lease<DataHandle> lease = data.leaseAsAny(tree, node)) {
            if (tree.read(lease.handle(), offset, one) == 0) {
                throw new ErrnoException(Errno.ESTALE, node + " does not reach " + offset + " any more");
            }
        }
        return one.get(0);
    }
}
