package org.netcachefs.fuse.internal.libfuse;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.Notifier;

/**
 * Tells the kernel to drop what it has of files that are open, past libfuse 2, which has no call for it; of anything else it is not known here what the kernel
 * calls it. Sent by threads that serve no request, those of one node in the order they came: the kernel waits there until pages being read have come, but only of the
 * node that is told about. Thread-safe.
 */
final class Notifications implements Notifier {
    /** {@code fuse_out_header.error} of what is no answer. */
    private static final int INVALIDATE_INODE = 2;

    private final KernelChannel channel;
    private final KernelInodes inodes;
    private final AnswerBuffers buffers;
    private final NotifierThreads threads = new NotifierThreads();

    Notifications(KernelChannel channel, AnswerBuffers buffers, KernelInodes inodes) {
        this.channel = channel;
        this.buffers = buffers;
        this.inodes = inodes;
    }

    @Override
    public CompletionStage<Boolean> invalidateNode(long node, long offset, long length) {
        List<Long> known = inodes.of(node);
        if (known.isEmpty()) {
            return CompletableFuture.completedFuture(false);
        }
        try {
            return CompletableFuture.supplyAsync(() -> send(known, offset, length), task -> threads.run(node, task));
        } catch (RejectedExecutionException e) {
            return CompletableFuture.completedFuture(false);
        }
    }

    private boolean send(List<Long> known, long offset, long length) {
        AnswerBuffer buffer = buffers.take(Layout.InvalidateInode.SIZE);
        try {
            boolean sent = true;
            for (long inode : known) {
                sent &= send(buffer.address(), inode, offset, length);
            }
            return sent;
        } finally {
            buffers.giveBack(buffer);
        }
    }

    private boolean send(long address, long inode, long offset, long length) {
        Native.MEMORY.putInt(address + Layout.OutHeader.LENGTH, Layout.InvalidateInode.SIZE);
        Native.MEMORY.putInt(address + Layout.OutHeader.ERROR, INVALIDATE_INODE);
        Native.MEMORY.putLong(address + Layout.OutHeader.UNIQUE, 0);
        Native.MEMORY.putLong(address + Layout.InvalidateInode.INODE, inode);
        Native.MEMORY.putLong(address + Layout.InvalidateInode.OFFSET, offset);
        Native.MEMORY.putLong(address + Layout.InvalidateInode.LENGTH, length);
        return channel.tell(address, Layout.InvalidateInode.SIZE);
    }

    @Override
    public CompletionStage<Boolean> invalidateEntry(long parent, FileName name) {
        return CompletableFuture.completedFuture(false);
    }

    @Override
    public CompletionStage<Boolean> delete(long parent, long node, FileName name) {
        return CompletableFuture.completedFuture(false);
    }

    /** The session is over: what was asked for ends, refused by the channel. */
    void end() {
        threads.end();
    }
}
