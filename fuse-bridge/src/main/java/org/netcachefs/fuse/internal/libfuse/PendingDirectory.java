package org.netcachefs.fuse.internal.libfuse;

import com.kenai.jffi.CallContext;
import com.kenai.jffi.CallingConvention;
import com.kenai.jffi.Invoker;
import com.kenai.jffi.Type;
import org.jspecify.annotations.Nullable;
import org.netcachefs.fuse.DirectoryReply;
import org.netcachefs.fuse.Entry;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.FileType;
import org.netcachefs.fuse.internal.Native;

/** The entries of one readdir, handed to libfuse's {@code fuse_fill_dir_t} one by one. Used by one thread at a time. */
final class PendingDirectory extends Parking implements DirectoryReply {
    private static final CallContext FILL = CallContext.getCallContext(
            Type.SINT32,
            new Type[] {Type.POINTER, Type.POINTER, Type.POINTER, Type.SINT64},
            CallingConvention.DEFAULT,
            false);
    /** libfuse's own page for one answer may be smaller than many names: the name is copied to scratch memory. */
    private static final int LONGEST_NAME = 1024;

    private final long filler;
    private final long buffer;

    PendingDirectory(Receiver owner, long filler, long buffer) {
        super(owner);
        this.filler = filler;
        this.buffer = buffer;
    }

    @Override
    public boolean add(FileName name, long inode, FileType type, long nextPosition, @Nullable Entry entry) {
        if (!lend()) {
            return false;
        }
        byte[] bytes = name.bytes();
        if (bytes.length >= LONGEST_NAME) {
            throw new IllegalArgumentException("a name of " + bytes.length + " bytes");
        }
        long stat = owner().scratch();
        long text = stat + Layout.Stat.SIZE;
        Native.MEMORY.setMemory(stat, Layout.Stat.SIZE, (byte) 0);
        Native.MEMORY.putLong(stat + Layout.Stat.INODE, inode == 0 ? UNKNOWN_INODE : inode);
        Native.MEMORY.putInt(stat + Layout.Stat.MODE, type.bits());
        Native.MEMORY.putZeroTerminatedByteArray(text, bytes, 0, bytes.length);
        long full = Invoker.getInstance().invokeN4(FILL, filler, buffer, text, stat, nextPosition);
        return (int) full == 0;
    }

    private static final long UNKNOWN_INODE = 0xffffffffL;

    static int scratchSize() {
        return Layout.Stat.SIZE + LONGEST_NAME + 1;
    }

    @Override
    public boolean end() {
        if (!claim()) {
            return false;
        }
        answered();
        return true;
    }

    int done() throws ErrnoException {
        await();
        return 0;
    }
}
