package org.netcachefs.fuse.internal.libfuse;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.Notifier;
import org.netcachefs.fuse.internal.protocol.AnswerBuffers;
import org.netcachefs.fuse.internal.protocol.KernelChannel;
import org.netcachefs.fuse.internal.protocol.NoticeSender;

/**
 * Tells the kernel to drop what it has of files that are open, past libfuse 2, which has no call for it; of anything else it is not known here what the kernel
 * calls it. Thread-safe.
 */
final class Notifications implements Notifier {
    private final KernelInodes inodes;
    private final NoticeSender sender;

    Notifications(KernelChannel channel, AnswerBuffers buffers, KernelInodes inodes) {
        this.inodes = inodes;
        this.sender = new NoticeSender(channel, buffers);
    }

    @Override
    public boolean isHeard() {
        return false;
    }

    @Override
    public CompletionStage<Boolean> invalidateNode(long node, long offset, long length) {
        List<Long> known = inodes.of(node);
        return known.isEmpty()
                ? CompletableFuture.completedFuture(false)
                : sender.invalidate(node, known, offset, length);
    }

    @Override
    public CompletionStage<Boolean> grow(long node, long oldSize, long newSize, byte last) {
        List<Long> known = inodes.of(node);
        return known.isEmpty()
                ? CompletableFuture.completedFuture(false)
                : sender.grow(node, known, oldSize, newSize, last);
    }

    @Override
    public CompletionStage<Boolean> invalidateAttributes(long node) {
        return invalidateNode(node, -1, 0);
    }

    @Override
    public CompletionStage<Boolean> invalidateEntry(long parent, FileName name) {
        return CompletableFuture.completedFuture(false);
    }

    @Override
    public CompletionStage<Boolean> delete(long parent, long node, FileName name) {
        return CompletableFuture.completedFuture(false);
    }

    /** The session is over. */
    void end() {
        sender.end();
    }
}
