package org.netcachefs.daemon.netfs;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.netcachefs.fuse.FileType;
import org.netcachefs.fuse.Notifier;
import org.netcachefs.fuse.Reply;

/**
 * For how long the kernel may use the attributes it is shown, and that it drops them once upstream shows others. A kernel that cannot be told so
 * uses them for {@link NetfsConfig#unnotifiedAttributesNanos}. Thread-safe.
 */
final class KernelAttributes {
    private static final CompletionStage<Boolean> NOTHING_HELD = CompletableFuture.completedStage(true);

    private final long unnotifiedNanos;

    /** Null as long as, or where, the kernel cannot be told. */
    private volatile @Nullable Notifier notifier;

    KernelAttributes(NetfsConfig config) {
        unnotifiedNanos = config.unnotifiedAttributesNanos();
    }

    void init(Notifier kernel) {
        notifier = kernel.isHeard() ? kernel : null;
    }

    /**
     * For how many nanoseconds the kernel may use this look of {@code node}, which the daemon itself believes for {@code believedNanos}. Only for answers that the kernel
     * drops if a notice overtakes them: those to LOOKUP, READDIRPLUS and GETATTR.
     *
     * <p>A file that is open is asked for each time, because of such answers: their size is shown, but not taken, and a mapping that is
     * read up to it ends in SIGBUS. So what the kernel holds is dropped before the first open is answered, and no notice of it is sent afterwards.
     */
    long validNanos(Node node, Look look, long believedNanos) {
        if (notifier == null) {
            return unnotifiedNanos;
        }
        if (believedNanos <= 0 || isOpenFile(node, look) || !node.isKnownToKernel()) {
            return 0;
        }
        node.heldAttributes().give(look);
        Look now = node.look();
        boolean isStillRight =
                now != null && now.state() == look.state() && !now.isSuperseded() && !isOpenFile(node, look);
        return isStillRight ? believedNanos : 0;
    }

    private static boolean isOpenFile(Node node, Look look) {
        return node.opens() > 0 && look.attributes().type() == FileType.REGULAR;
    }

    /** As {@link #validNanos}, for answers that the kernel takes whatever came before: for no time. */
    long takenAnywayNanos() {
        return notifier == null ? unnotifiedNanos : 0;
    }

    /** Completes when the kernel does not use other attributes than upstream last said, or changed ones. */
    CompletionStage<Boolean> dropOutdated(Node node, Node root) {
        return notifier != null && node.heldAttributes().dropUnless(node.look()) ? tell(node, root) : NOTHING_HELD;
    }

    /** As {@link #dropOutdated}, for the open of a file, which counts as open already: whatever it holds. */
    CompletionStage<Boolean> dropAtOpen(Node node, Node root) {
        return notifier != null && node.heldAttributes().dropAll() ? tell(node, root) : NOTHING_HELD;
    }

    private CompletionStage<Boolean> tell(Node node, Node root) {
        Notifier kernel = notifier;
        CompletionStage<Boolean> told =
                kernel == null ? NOTHING_HELD : kernel.invalidateAttributes(InodeNumbers.shown(node.id(), root.id()));
        return told.whenComplete((sent, failure) -> node.heldAttributes().dropped());
    }

    /** An answer that is sent when the kernel has dropped what it must not show after it. */
    static final class Afterwards<T> extends ForwardingReply<T> {
        private final Dropping dropping;
        private final Consumer<T> undo;

        interface Dropping {
            CompletionStage<Boolean> begin();
        }

        /** {@code undo} takes back an answer nobody took. */
        Afterwards(Reply<T> reply, Dropping dropping, Consumer<T> undo) {
            super(reply);
            this.dropping = dropping;
            this.undo = undo;
        }

        @Override
        public boolean ok(T value) {
            CompletionStage<Boolean> dropped = dropping.begin();
            if (dropped == NOTHING_HELD) {
                return reply.ok(value);
            }
            dropped.whenComplete((sent, failure) -> {
                if (!reply.ok(value)) {
                    undo.accept(value);
                }
            });
            return true;
        }
    }
}
