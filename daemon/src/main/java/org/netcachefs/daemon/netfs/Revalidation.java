package org.netcachefs.daemon.netfs;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.netcachefs.daemon.upstream.UpstreamStatus;
import org.netcachefs.daemon.upstream.UpstreamTree;
import org.netcachefs.daemon.upstream.UpstreamTree.DataHandle;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.Notifier;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.CoherencyData;
import org.netcachefs.store.Cookie;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a lock that was just granted needs: that whoever has it reads what upstream has now, although the file is open already. Stricter than an open: what was
 * written through us is not believed either, for another program may have written as much in the same moment. Thread-safe.
 */
final class Revalidation {
    private static final Logger LOG = LoggerFactory.getLogger(Revalidation.class);

    /** From a page being filled until its write is upstream, at most; a write that takes longer has other worries. */
    private static final long LONGEST_WRITE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Core core;
    private final Looks looks;
    private final Supplier<@Nullable Notifier> notifier;

    Revalidation(Core core, Looks looks, Supplier<@Nullable Notifier> notifier) {
        this.core = core;
        this.looks = looks;
        this.notifier = notifier;
    }

    /** What the kernel must drop before it is told of the lock. */
    enum Stale {
        NOTHING,
        ATTRIBUTES,
        CONTENT
    }

    /** Drops what is cached unless upstream shows it to be right. Runs inside a call on upstream, in a turn of the file's writes if there are any. */
    Stale check(UpstreamTree tree, Node node, DataHandle locked) {
        if (core.config().coherency() == Coherency.IMMUTABLE) {
            return Stale.NOTHING;
        }
        Look.Moment asked = looks.begin();
        CoherencyData found = null;
        try {
            UpstreamStatus status = tree.status(locked, true);
            Look look = looks.note(node, status, asked, true);
            found = look.moment().equals(asked) ? status.coherency() : null;
        } catch (ErrnoException e) {
            LOG.debug("{} is locked, what is cached of it cannot be compared: {}", node, e.getMessage());
        }
        return keeps(node, found) ? Stale.ATTRIBUTES : Stale.CONTENT;
    }

    private static boolean keeps(Node node, @Nullable CoherencyData found) {
        synchronized (node) {
            Cookie cookie = node.cookie();
            if (cookie == null) {
                node.kernelPages().distrust();
                return false;
            }
            CoherencyData known = cookie.coherency();
            try {
                if (found == null) {
                    cookie.invalidate(CoherencyData.writing(known.size()));
                } else if (known.isWriting()) { // a foreign change cannot be told from ours
                    cookie.invalidate(CoherencyData.writing(found.size()));
                } else if (node.isWrittenByUs() || !known.equals(found)) {
                    cookie.invalidate(found);
                } else {
                    cookie.dropUnsettled();
                }
                node.writtenByUs(false);
            } catch (CacheException e) {
                LOG.warn("{} cannot be invalidated: {}", node, e.getMessage());
            }
            return node.kernelPages().keepAtOpen(cookie.version(), cookie.coherency());
        }
    }

    /** Completes when the kernel has dropped it, or has no means to. */
    CompletionStage<Boolean> tellKernel(Node node, Stale stale) {
        Notifier kernel = notifier.get();
        if (kernel == null || stale == Stale.NOTHING) {
            return CompletableFuture.completedFuture(true);
        }
        noteContent(node, stale);
        long shown = InodeNumbers.shown(node.id(), core.nodes().root().id());
        return kernel.invalidateNode(shown, stale == Stale.CONTENT ? 0 : -1, 0).whenComplete((sent, failure) -> {
            if (failure != null || !sent) {
                node.kernelPages().distrust();
            }
            noteContent(node, stale); // it may have waited for a page
        });
    }

    /** Completes, never with a failure, when the kernel has sent what was changed through mappings: it does so before it drops a page. */
    CompletionStage<Boolean> mappedIsWritten(Node node) {
        return tellKernel(node, Stale.CONTENT).exceptionally(failure -> false);
    }

    private void noteContent(Node node, Stale stale) {
        if (stale == Stale.CONTENT) {
            node.kernelPages().toldToDrop(core.now());
        }
    }

    /**
     * These bytes are upstream now. The kernel unlocks a page that a write fills whole before it sends the write: told just then to drop the file's pages,
     * it may have read this one as it was before. So it is told once more, of these bytes, if it was told anything lately.
     */
    void written(Node node, long offset, long length) {
        Notifier kernel = notifier.get();
        if (kernel != null && node.kernelPages().wasToldToDrop(core.now() - LONGEST_WRITE_NANOS)) {
            kernel.invalidateNode(
                    InodeNumbers.shown(node.id(), core.nodes().root().id()), offset, length);
        }
    }
}
