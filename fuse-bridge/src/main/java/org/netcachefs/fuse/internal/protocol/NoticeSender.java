package org.netcachefs.fuse.internal.protocol;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.internal.Native;

/**
 * Tells the kernel of changes, but for those of attributes alone by threads that serve no request and hold no lock, those of one node in the order they came: the kernel waits in a
 * notice until pages of the node being read have come, and until a change of a name in the same directory was answered. Thread-safe.
 */
public final class NoticeSender {
    private static final int LONGEST_NAME = 255;
    private static final int LONGEST = AnswerLayout.Delete.SIZE + LONGEST_NAME + 1;

    private final KernelChannel channel;
    private final AnswerBuffers buffers;
    private final NotifierThreads threads = new NotifierThreads();

    public NoticeSender(KernelChannel channel, AnswerBuffers buffers) {
        this.channel = channel;
        this.buffers = buffers;
    }

    /** FUSE_NOTIFY_INVAL_INODE. */
    public CompletionStage<Boolean> invalidate(long inode, long offset, long length) {
        return invalidate(inode, List.of(inode), offset, length);
    }

    /** FUSE_NOTIFY_INVAL_INODE of each of the kernel's inodes that stand for {@code node}. */
    public CompletionStage<Boolean> invalidate(long node, List<Long> inodes, long offset, long length) {
        return later(node, buffer -> {
            boolean sent = true;
            for (long inode : inodes) {
                sent &= sendInvalidation(buffer, inode, offset, length);
            }
            return sent;
        });
    }

    /**
     * As {@link org.netcachefs.fuse.Notifier#grow}: FUSE_NOTIFY_INVAL_INODE from the old end on, then FUSE_NOTIFY_STORE of the last byte, which
     * is how the kernel is given a size by something other than the answer to a request sent after the first.
     */
    public CompletionStage<Boolean> grow(long node, List<Long> inodes, long oldSize, long newSize, byte last) {
        return later(node, buffer -> {
            boolean sent = true;
            for (long inode : inodes) {
                sent &= sendInvalidation(buffer, inode, oldSize, 0) && sendStore(buffer, inode, newSize - 1, last);
            }
            return sent;
        });
    }

    /** FUSE_NOTIFY_INVAL_INODE of no page: the kernel waits for nothing in it, so it is sent at once, by whoever has it. */
    public CompletionStage<Boolean> invalidateAttributes(long inode) {
        return CompletableFuture.completedFuture(sent(buffer -> sendInvalidation(buffer, inode, -1, 0)));
    }

    private boolean sendInvalidation(AnswerBuffer buffer, long inode, long offset, long length) {
        long body = buffer.dataAddress();
        Native.MEMORY.putLong(body + AnswerLayout.InvalInode.INO, inode);
        Native.MEMORY.putLong(body + AnswerLayout.InvalInode.OFF, offset);
        Native.MEMORY.putLong(body + AnswerLayout.InvalInode.LEN, length);
        return send(buffer, AnswerLayout.InvalInode.CODE, AnswerLayout.InvalInode.SIZE);
    }

    private boolean sendStore(AnswerBuffer buffer, long inode, long offset, byte one) {
        long body = buffer.dataAddress();
        Native.MEMORY.putLong(body + AnswerLayout.Store.NODEID, inode);
        Native.MEMORY.putLong(body + AnswerLayout.Store.OFFSET, offset);
        Native.MEMORY.putInt(body + AnswerLayout.Store.BYTES, Byte.BYTES);
        Native.MEMORY.putInt(body + AnswerLayout.Store.PADDING, 0);
        Native.MEMORY.putByte(body + AnswerLayout.Store.SIZE, one);
        return send(buffer, AnswerLayout.Store.CODE, AnswerLayout.Store.SIZE + Byte.BYTES);
    }

    /** FUSE_NOTIFY_INVAL_ENTRY. */
    public CompletionStage<Boolean> invalidateEntry(long parent, FileName name) {
        return later(parent, buffer -> {
            if (name.length() > LONGEST_NAME) {
                return false;
            }
            long body = buffer.dataAddress();
            Native.MEMORY.putLong(body + AnswerLayout.InvalEntry.PARENT, parent);
            Native.MEMORY.putInt(body + AnswerLayout.InvalEntry.NAMELEN, name.length());
            Native.MEMORY.putInt(body + AnswerLayout.InvalEntry.FLAGS, 0);
            putName(body + AnswerLayout.InvalEntry.SIZE, name);
            return send(buffer, AnswerLayout.InvalEntry.CODE, AnswerLayout.InvalEntry.SIZE + name.length() + 1);
        });
    }

    /** FUSE_NOTIFY_DELETE. */
    public CompletionStage<Boolean> delete(long parent, long child, FileName name) {
        return later(parent, buffer -> {
            if (name.length() > LONGEST_NAME) {
                return false;
            }
            long body = buffer.dataAddress();
            Native.MEMORY.putLong(body + AnswerLayout.Delete.PARENT, parent);
            Native.MEMORY.putLong(body + AnswerLayout.Delete.CHILD, child);
            Native.MEMORY.putInt(body + AnswerLayout.Delete.NAMELEN, name.length());
            Native.MEMORY.putInt(body + AnswerLayout.Delete.PADDING, 0);
            putName(body + AnswerLayout.Delete.SIZE, name);
            return send(buffer, AnswerLayout.Delete.CODE, AnswerLayout.Delete.SIZE + name.length() + 1);
        });
    }

    private interface Notice {
        boolean send(AnswerBuffer buffer);
    }

    private CompletionStage<Boolean> later(long node, Notice notice) {
        try {
            return CompletableFuture.supplyAsync(() -> sent(notice), task -> threads.run(node, task));
        } catch (RejectedExecutionException e) {
            return CompletableFuture.completedFuture(false);
        }
    }

    private boolean sent(Notice notice) {
        AnswerBuffer buffer = buffers.take(LONGEST);
        try {
            return notice.send(buffer);
        } finally {
            buffers.giveBack(buffer);
        }
    }

    private static void putName(long address, FileName name) {
        Native.MEMORY.putZeroTerminatedByteArray(address, name.bytes(), 0, name.length());
    }

    private boolean send(AnswerBuffer buffer, int code, int size) {
        long address = buffer.address();
        int length = AnswerLayout.Header.SIZE + size;
        Native.MEMORY.putInt(address + AnswerLayout.Header.LEN, length);
        Native.MEMORY.putInt(address + AnswerLayout.Header.ERROR, code);
        Native.MEMORY.putLong(address + AnswerLayout.Header.UNIQUE, 0);
        return channel.tell(address, length);
    }

    /** The session is over: what was asked for ends, refused by the channel. */
    public void end() {
        threads.end();
    }
}
