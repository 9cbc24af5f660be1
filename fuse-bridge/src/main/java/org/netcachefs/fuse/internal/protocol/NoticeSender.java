package org.netcachefs.fuse.internal.protocol;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import jnr.ffi.Pointer;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.internal.Native;

/**
 * Tells the kernel of changes by one thread that serves no request and holds no lock: the kernel waits in a notice until pages being
 * read have come, and until a change of a name in the same directory was answered. Thread-safe.
 */
public final class NoticeSender {
    private static final int LONGEST_NAME = 255;
    private static final int BODY = AnswerLayout.Header.SIZE;

    private final KernelChannel channel;
    /** The sender's. */
    private final Pointer message =
            Native.RUNTIME.getMemoryManager().allocateDirect(BODY + AnswerLayout.Delete.SIZE + LONGEST_NAME + 1, true);

    private final ThreadPoolExecutor sender =
            new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                Thread thread = new Thread(task, "fuse-notifier");
                thread.setDaemon(true);
                return thread;
            });

    public NoticeSender(KernelChannel channel) {
        this.channel = channel;
        sender.allowCoreThreadTimeOut(true);
    }

    /** FUSE_NOTIFY_INVAL_INODE of each of these of the kernel's inodes. */
    public CompletionStage<Boolean> invalidateInodes(Iterable<Long> inodes, long offset, long length) {
        return later(() -> {
            boolean sent = true;
            for (long inode : inodes) {
                sent &= invalidateInode(inode, offset, length);
            }
            return sent;
        });
    }

    /** FUSE_NOTIFY_INVAL_INODE. */
    public CompletionStage<Boolean> invalidate(long inode, long offset, long length) {
        return later(() -> invalidateInode(inode, offset, length));
    }

    private boolean invalidateInode(long inode, long offset, long length) {
        long body = message.address() + BODY;
        Native.MEMORY.putLong(body + AnswerLayout.InvalInode.INO, inode);
        Native.MEMORY.putLong(body + AnswerLayout.InvalInode.OFF, offset);
        Native.MEMORY.putLong(body + AnswerLayout.InvalInode.LEN, length);
        return send(AnswerLayout.InvalInode.CODE, AnswerLayout.InvalInode.SIZE);
    }

    /** FUSE_NOTIFY_INVAL_ENTRY. */
    public CompletionStage<Boolean> invalidateEntry(long parent, FileName name) {
        return later(() -> {
            if (name.length() > LONGEST_NAME) {
                return false;
            }
            long body = message.address() + BODY;
            Native.MEMORY.putLong(body + AnswerLayout.InvalEntry.PARENT, parent);
            Native.MEMORY.putInt(body + AnswerLayout.InvalEntry.NAMELEN, name.length());
            Native.MEMORY.putInt(body + AnswerLayout.InvalEntry.FLAGS, 0);
            putName(body + AnswerLayout.InvalEntry.SIZE, name);
            return send(AnswerLayout.InvalEntry.CODE, AnswerLayout.InvalEntry.SIZE + name.length() + 1);
        });
    }

    /** FUSE_NOTIFY_DELETE. */
    public CompletionStage<Boolean> delete(long parent, long child, FileName name) {
        return later(() -> {
            if (name.length() > LONGEST_NAME) {
                return false;
            }
            long body = message.address() + BODY;
            Native.MEMORY.putLong(body + AnswerLayout.Delete.PARENT, parent);
            Native.MEMORY.putLong(body + AnswerLayout.Delete.CHILD, child);
            Native.MEMORY.putInt(body + AnswerLayout.Delete.NAMELEN, name.length());
            Native.MEMORY.putInt(body + AnswerLayout.Delete.PADDING, 0);
            putName(body + AnswerLayout.Delete.SIZE, name);
            return send(AnswerLayout.Delete.CODE, AnswerLayout.Delete.SIZE + name.length() + 1);
        });
    }

    private interface Notice {
        boolean send();
    }

    private CompletionStage<Boolean> later(Notice notice) {
        try {
            return CompletableFuture.supplyAsync(notice::send, sender);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.completedFuture(false);
        }
    }

    private static void putName(long address, FileName name) {
        Native.MEMORY.putZeroTerminatedByteArray(address, name.bytes(), 0, name.length());
    }

    private boolean send(int code, int size) {
        long address = message.address();
        Native.MEMORY.putInt(address + AnswerLayout.Header.LEN, BODY + size);
        Native.MEMORY.putInt(address + AnswerLayout.Header.ERROR, code);
        Native.MEMORY.putLong(address + AnswerLayout.Header.UNIQUE, 0);
        return channel.tell(address, BODY + size);
    }

    /** The session is over: what was asked for ends, refused by the channel. */
    public void end() {
        sender.shutdown();
    }
}
