package org.netcachefs.fuse.internal.kernel;

import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileSystem;
import org.netcachefs.fuse.OpenFlags;
import org.netcachefs.fuse.OwnedBuffer;
import org.netcachefs.fuse.ReadRequest;
import org.netcachefs.fuse.WriteRequest;
import org.netcachefs.fuse.internal.protocol.Encoder;
import org.netcachefs.fuse.internal.protocol.Encoders;
import org.netcachefs.fuse.internal.protocol.Message;
import org.netcachefs.fuse.internal.protocol.RequestLayout;
import org.netcachefs.fuse.internal.protocol.RequestLayout.CopyFileRange;

/** Reading, writing and copying bytes. Thread-safe. */
final class DataRequests {
    private final FileSystem fileSystem;

    DataRequests(FileSystem fileSystem) {
        this.fileSystem = fileSystem;
    }

    void read(Request request) throws ErrnoException {
        Message message = request.message();
        int size = message.getInt(RequestLayout.Data.SIZE);
        ReadRequest read = new ReadRequest(
                request.caller(),
                request.node(),
                message.getLong(RequestLayout.Data.FH),
                message.getLong(RequestLayout.Data.OFFSET),
                checked(size),
                message.getLong(RequestLayout.Data.LOCK_OWNER),
                new OpenFlags(message.getInt(RequestLayout.Data.FLAGS)));
        fileSystem.read(read, request.readAnswer(size));
    }

    private static int checked(int size) throws ErrnoException {
        if (size < 0 || size > Negotiation.LARGEST_REQUEST) {
            throw new ErrnoException(Errno.EINVAL, "a read of " + size + " bytes");
        }
        return size;
    }

    void write(Request request) throws ErrnoException {
        Message message = request.message();
        int kind = message.getInt(RequestLayout.Data.KIND);
        WriteRequest write = new WriteRequest(
                request.caller(),
                request.node(),
                message.getLong(RequestLayout.Data.FH),
                message.getLong(RequestLayout.Data.OFFSET),
                message.getLong(RequestLayout.Data.LOCK_OWNER),
                new OpenFlags(message.getInt(RequestLayout.Data.FLAGS)),
                (kind & RequestLayout.Data.FUSE_WRITE_CACHE) != 0,
                (kind & RequestLayout.Data.FUSE_WRITE_KILL_SUIDGID) != 0);
        OwnedBuffer data = request.data(RequestLayout.Data.END, message.getInt(RequestLayout.Data.SIZE));
        fileSystem.write(write, data, request.answer(Encoders.WRITTEN));
    }

    /** Its answer has room for 32 bits; the kernel asks for no more. */
    void copyFileRange(Request request) throws ErrnoException {
        copy(request, Encoders.COPIED);
    }

    void copyFileRange64(Request request) throws ErrnoException {
        copy(request, Encoders.OFFSET);
    }

    private void copy(Request request, Encoder<Long> encoder) throws ErrnoException {
        Message message = request.message();
        fileSystem.copyFileRange(
                request.caller(),
                request.node(),
                message.getLong(CopyFileRange.FH_IN),
                message.getLong(CopyFileRange.OFF_IN),
                message.getLong(CopyFileRange.NODEID_OUT),
                message.getLong(CopyFileRange.FH_OUT),
                message.getLong(CopyFileRange.OFF_OUT),
                message.getLong(CopyFileRange.LEN),
                request.answer(encoder));
    }
}
