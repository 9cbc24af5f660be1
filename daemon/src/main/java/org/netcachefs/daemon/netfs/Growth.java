package org.netcachefs.daemon.netfs;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.netcachefs.daemon.upstream.UpstreamCalls.Lane;
import org.netcachefs.daemon.upstream.UpstreamTree;
import org.netcachefs.daemon.upstream.UpstreamTree.DataHandle;
import org.netcachefs.fuse.Entry;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.Notifier;
import org.netcachefs.fuse.Opened;
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
    private static final int PAGE = 4096;
    private static final long MOST_MILLIS = 1000;

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
        return new Sized<>(reply, value -> {}) {
            @Override
            long node(ValidAttributes value) {
                return id;
            }

            @Override
            long size(ValidAttributes value) {
                return value.attributes().size();
            }
        };
    }

    /** Answers of a name, which {@code undo} takes back if nobody takes them. */
    Reply<Entry> entries(Reply<Entry> reply, Consumer<Entry> undo) {
        long root = core.nodes().root().id();
        return new Sized<>(reply, undo) {
            @Override
            long node(Entry value) {
                return InodeNumbers.shown(value.node(), root);
            }

            @Override
            long size(Entry value) {
                return value.attributes().size();
            }
        };
    }

    /** Answers of an open of a file, after which it may be mapped, up to a size that was shown before. */
    Reply<Opened> opens(long id, Reply<Opened> reply, Consumer<Opened> undo) {
        return new Sized<>(reply, undo) {
            @Override
            long node(Opened value) {
                return id;
            }

            @Override
            long size(Opened value) {
                Node node = core.nodes().known(id);
                Look look = node == null ? null : node.look();
                return look == null ? 0 : look.attributes().size();
            }
        };
    }

    private abstract class Sized<T> extends ForwardingReply<T> {
        private final Consumer<T> undo;

        Sized(Reply<T> reply, Consumer<T> undo) {
            super(reply);
            this.undo = undo;
        }

        abstract long node(T value);

        abstract long size(T value);

        @Override
        public boolean ok(T value) {
            Node node = core.nodes().known(node(value));
            CompletionStage<Boolean> grown = node == null ? null : grown(node, size(value));
            if (grown == null) {
                return reply.ok(value);
            }
            answerAfter(grown, value);
            return true;
        }

        /** Or after a second: the kernel waits in the notice for pages that are being read, and whoever asks is not to wait as long. */
        private void answerAfter(CompletionStage<Boolean> grown, T value) {
            Answer<T> answer = new Answer<>(reply);
            AtomicBoolean given = new AtomicBoolean();
            Runnable give = () -> {
                if (!given.getAndSet(true) && !answer.ok(value)) {
                    undo.accept(value);
                }
            };
            ScheduledFuture<?> unused = core.services().timer().schedule(give, MOST_MILLIS, TimeUnit.MILLISECONDS);
            grown.whenComplete((told, failure) -> give.run());
        }
    }

    /** Completes when the size may be shown; null if it may at once, or is shown unchecked. */
    private @Nullable CompletionStage<Boolean> grown(Node node, long size) {
        Notifier kernel = notifier.get();
        boolean isToBeTold = node.opens() > 0 && node.kernelPages().endsBefore(size);
        if (!isToBeTold || kernel == null || core.answersUnchecked()) {
            node.kernelPages().foundToEndAt(size, node.type());
            return null;
        }
        CompletableFuture<Boolean> other = underWay.get(node.id());
        if (other != null) {
            return other.thenCompose(told -> again(node, size));
        }
        CompletableFuture<Boolean> mine = new CompletableFuture<>();
        if (underWay.putIfAbsent(node.id(), mine) != null) {
            return again(node, size);
        }
        grow(kernel, node, size).whenComplete((told, failure) -> {
            if (failure != null) {
                LOG.debug("{} grows without telling the kernel before: {}", node, failure.getMessage());
            }
            underWay.remove(node.id());
            mine.complete(failure == null);
        });
        return mine;
    }

    private CompletionStage<Boolean> again(Node node, long size) {
        CompletionStage<Boolean> stage = grown(node, size);
        return stage == null ? CompletableFuture.completedStage(true) : stage;
    }

    private CompletionStage<Boolean> grow(Notifier kernel, Node node, long size) {
        long writes = node.kernelPages().writes();
        node.kernelPages().toldToDrop(core.now());
        return core.services()
                .upstream()
                .run(Lane.METADATA, tree -> byteAt(tree, node, size - 1))
                .thenCompose(last -> tell(kernel, node, size, last, writes));
    }

    /**
     * Unless the file was changed through the kernel since there had been {@code writes}, which then knows better. The byte may be written meanwhile, and would then be
     * shown as it was before: it is dropped, at once or by {@link Revalidation#written}.
     */
    private CompletionStage<Boolean> tell(Notifier kernel, Node node, long size, byte last, long writes) {
        KernelPages pages = node.kernelPages();
        if (pages.writes() != writes) {
            return CompletableFuture.completedStage(false);
        }
        if ((size - 1) % PAGE == 0) {
            pages.distrust(); // the byte makes a whole page
        }
        long shown = InodeNumbers.shown(node.id(), core.nodes().root().id());
        return kernel.grow(shown, pages.end(), size, last).thenCompose(told -> {
            pages.toldToDrop(core.now());
            if (pages.grewTo(size, writes)) {
                return CompletableFuture.completedStage(told);
            }
            return kernel.invalidateNode(shown, size - 1, Byte.BYTES);
        });
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
