package org.netcachefs.fuse.internal.kernel;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.Notifier;
import org.netcachefs.fuse.internal.protocol.NoticeSender;

/** Tells the kernel of changes; its nodes are ours. Thread-safe. */
final class KernelNotifier implements Notifier {
    private final NoticeSender sender;

    KernelNotifier(NoticeSender sender) {
        this.sender = sender;
    }

    @Override
    public boolean isHeard() {
        return true;
    }

    @Override
    public CompletionStage<Boolean> invalidateNode(long node, long offset, long length) {
        return sender.invalidate(node, offset, length);
    }

    @Override
    public CompletionStage<Boolean> grow(long node, long oldSize, long newSize, byte last) {
        return sender.grow(node, List.of(node), oldSize, newSize, last);
    }

    @Override
    public CompletionStage<Boolean> invalidateAttributes(long node) {
        return sender.invalidateAttributes(node);
    }

    @Override
    public CompletionStage<Boolean> invalidateEntry(long parent, FileName name) {
        return sender.invalidateEntry(parent, name);
    }

    @Override
    public CompletionStage<Boolean> delete(long parent, long node, FileName name) {
        return sender.delete(parent, node, name);
    }
}
