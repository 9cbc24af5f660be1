package org.netcachefs.fuse.internal.protocol;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import com.kenai.jffi.MemoryIO;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.netcachefs.fuse.DirectoryReply;
import org.netcachefs.fuse.Entry;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.FileType;
import org.netcachefs.fuse.internal.Native;

/** The answer to a READDIR or READDIRPLUS: entries one behind the other in at most {@code size} bytes. Thread-safe. */
public final class DirectoryAnswer extends Answer implements DirectoryReply {
    private static final MemoryIO MEMORY = Native.MEMORY;
    /** What programs are shown: 0 would make some of them skip the entry. */
    private static final long UNKNOWN_INODE = 0xffffffffL;

    private final int size;
    private final boolean withAttributes;
    private final LongConsumer forget;
    private final AnswerBuffer memory;

    @GuardedBy("this")
    private int used;

    /** The nodes of the entries taken. */
    @GuardedBy("this")
    private final List<Long> taken = new ArrayList<>();

    /** {@code forget} gives back a lookup of an entry that the kernel gets no knowledge of. */
    public DirectoryAnswer(
            Origin origin, long request, int thread, int size, boolean withAttributes, LongConsumer forget) {
        super(origin, request, thread);
        this.size = size;
        this.withAttributes = withAttributes;
        this.forget = forget;
        this.memory = origin.buffers().take(size);
    }

    @Override
    public boolean add(FileName name, long inode, FileType type, long nextPosition, @Nullable Entry entry) {
        boolean isDots = isDots(name);
        if (!put(name, inode, type, nextPosition, isDots ? null : entry)) {
            return false;
        }
        if (isDots && entry != null && !entry.isNegative()) {
            // The kernel leaves these alone.
            forget.accept(entry.node());
        }
        return true;
    }

    private static boolean isDots(FileName name) {
        byte[] bytes = name.length() <= 2 ? name.bytes() : null;
        return bytes != null && bytes[0] == '.' && bytes[bytes.length - 1] == '.';
    }

    private synchronized boolean put(
            FileName name, long inode, FileType type, long nextPosition, @Nullable Entry entry) {
        int header = withAttributes ? AnswerLayout.Entry.SIZE : 0;
        int length = AnswerLayout.Dirent.align(header + AnswerLayout.Dirent.NAME + name.length());
        if (isClaimed() || used + length > size) {
            return false;
        }
        long address = memory.dataAddress() + used;
        if (withAttributes) {
            putEntry(address, entry);
        }
        putDirent(address + header, name, inode, type, nextPosition);
        used += length;
        return true;
    }

    @GuardedBy("this")
    private void putEntry(long address, @Nullable Entry entry) {
        if (entry == null || entry.isNegative()) {
            MEMORY.setMemory(address, AnswerLayout.Entry.SIZE, (byte) 0);
        } else {
            Encoders.entry(address, entry);
            taken.add(entry.node());
        }
    }

    private static void putDirent(long address, FileName name, long inode, FileType type, long nextPosition) {
        int length = name.length();
        MEMORY.putLong(address + AnswerLayout.Dirent.INO, inode == 0 ? UNKNOWN_INODE : inode);
        MEMORY.putLong(address + AnswerLayout.Dirent.OFF, nextPosition);
        MEMORY.putInt(address + AnswerLayout.Dirent.NAMELEN, length);
        MEMORY.putInt(address + AnswerLayout.Dirent.TYPE, type.directoryType());
        // The room behind the name is cleared with its last eight bytes.
        int end = AnswerLayout.Dirent.align(AnswerLayout.Dirent.NAME + length);
        MEMORY.putLong(address + end - Long.BYTES, 0);
        MEMORY.putByteArray(address + AnswerLayout.Dirent.NAME, name.bytes(), 0, length);
    }

    @Override
    public boolean end() {
        if (!claim()) {
            return false;
        }
        boolean sent = sendAndGiveBack(memory, used(), 0);
        if (!sent) {
            taken().forEach(forget::accept);
        }
        return sent;
    }

    /** Once the answer is claimed nothing is added any more. */
    private synchronized int used() {
        return used;
    }

    private synchronized List<Long> taken() {
        return List.copyOf(taken);
    }

    @Override
    boolean sendError(Errno errno) {
        boolean sent = super.sendError(errno);
        taken().forEach(forget::accept);
        return sent;
    }
}
