package org.netcachefs.fuse.internal.libfuse;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import jnr.ffi.Pointer;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.Notifier;

/**
 * Tells the kernel to drop what it has of files that are open, past libfuse 2, which has no call for it; of anything else it is not known here what the kernel
 * calls it. Sent by one thread that serves no request: the kernel waits there until pages being read have come. Thread-safe.
 */
final class Notifications implements Notifier {
    /** {@code fuse_out_header.error} of what is no answer. */
    private static final int INVALIDATE_INODE = 2;

    private final KernelChannel channel;
    private final KernelInodes inodes;
    private final Pointer message = Native.RUNTIME.getMemoryManager().allocateDirect(Layout.InvalidateInode.SIZE, true);
    private final ThreadPoolExecutor sender =
            new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                Thread thread = new Thread(task, "fuse-notifier");
                thread.setDaemon(true);
                return thread;
            });

    Notifications(KernelChannel channel, KernelInodes inodes) {
        this.channel = channel;
        this.inodes = inodes;
        sender.allowCoreThreadTimeOut(true);
    }

    @Override
    public CompletionStage<Boolean> invalidateNode(long node, long offset, long length) {
        List<Long> known = inodes.of(node);
        if (known.isEmpty()) {
            return CompletableFuture.completedFuture(false);
        }
        try {
            return CompletableFuture.supplyAsync(() -> send(known, offset, length), sender);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.completedFuture(false);
        }
    }

    private boolean send(List<Long> known, long offset, long length) {
        long address = message.address();
        boolean sent = true;
        for (long inode : known) {
            Native.MEMORY.putInt(address + Layout.OutHeader.LENGTH, Layout.InvalidateInode.SIZE);
            Native.MEMORY.putInt(address + Layout.OutHeader.ERROR, INVALIDATE_INODE);
            Native.MEMORY.putLong(address + Layout.OutHeader.UNIQUE, 0);
            Native.MEMORY.putLong(address + Layout.InvalidateInode.INODE, inode);
            Native.MEMORY.putLong(address + Layout.InvalidateInode.OFFSET, offset);
            Native.MEMORY.putLong(address + Layout.InvalidateInode.LENGTH, length);
            sent &= channel.tell(address, Layout.InvalidateInode.SIZE);
        }
        return sent;
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
        sender.shutdown();
    }
}
