package org.netcachefs.fuse.internal.kernel;

import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.FileSystem;
import org.netcachefs.fuse.OpenFlags;
import org.netcachefs.fuse.internal.protocol.Encoders;
import org.netcachefs.fuse.internal.protocol.Message;
import org.netcachefs.fuse.internal.protocol.RequestLayout;

/** Opening and closing files, and what is done to open ones beside reading and writing. Thread-safe. */
final class FileRequests {
    private final FileSystem fileSystem;

    FileRequests(FileSystem fileSystem) {
        this.fileSystem = fileSystem;
    }

    void open(Request request) throws ErrnoException {
        OpenFlags flags = flags(request.message(), RequestLayout.Open.FLAGS, RequestLayout.Open.OPEN_FLAGS);
        fileSystem.open(request.caller(), request.node(), flags, request.answer(Encoders.OPENED));
    }

    private static OpenFlags flags(Message message, int bits, int ofTheProtocol) throws ErrnoException {
        boolean takesSetIds = (message.getInt(ofTheProtocol) & RequestLayout.Open.FUSE_OPEN_KILL_SUIDGID) != 0;
        return new OpenFlags(message.getInt(bits), takesSetIds);
    }

    void create(Request request) throws ErrnoException {
        Message message = request.message();
        OpenFlags flags = flags(message, RequestLayout.Create.FLAGS, RequestLayout.Create.OPEN_FLAGS);
        int mode = message.getInt(RequestLayout.Create.MODE);
        FileName name = message.name(RequestLayout.Create.END);
        fileSystem.create(request.caller(), request.node(), name, mode, flags, request.answer(Encoders.CREATED));
    }

    void tmpfile(Request request) throws ErrnoException {
        Message message = request.message();
        OpenFlags flags = new OpenFlags(message.getInt(RequestLayout.Create.FLAGS));
        int mode = message.getInt(RequestLayout.Create.MODE);
        fileSystem.tmpfile(request.caller(), request.node(), mode, flags, request.answer(Encoders.CREATED));
    }

    void flush(Request request) throws ErrnoException {
        long handle = request.message().getLong(RequestLayout.Flush.FH);
        long lockOwner = request.message().getLong(RequestLayout.Flush.LOCK_OWNER);
        fileSystem.flush(request.caller(), request.node(), handle, lockOwner, request.answer(Encoders.NOTHING));
    }

    void release(Request request) throws ErrnoException {
        Message message = request.message();
        long handle = message.getLong(RequestLayout.Release.FH);
        OpenFlags flags = new OpenFlags(message.getInt(RequestLayout.Release.FLAGS));
        long lockOwner = message.getLong(RequestLayout.Release.LOCK_OWNER);
        fileSystem.release(request.node(), handle, flags, lockOwner, request.answer(Encoders.NOTHING));
    }

    void fsync(Request request) throws ErrnoException {
        long handle = request.message().getLong(RequestLayout.Fsync.FH);
        boolean dataOnly = isDataOnly(request.message());
        fileSystem.fsync(request.caller(), request.node(), handle, dataOnly, request.answer(Encoders.NOTHING));
    }

    static boolean isDataOnly(Message message) throws ErrnoException {
        return (message.getInt(RequestLayout.Fsync.FLAGS) & RequestLayout.Fsync.FUSE_FSYNC_FDATASYNC) != 0;
    }

    void fallocate(Request request) throws ErrnoException {
        Message message = request.message();
        fileSystem.fallocate(
                request.caller(),
                request.node(),
                message.getLong(RequestLayout.Fallocate.FH),
                message.getInt(RequestLayout.Fallocate.MODE),
                message.getLong(RequestLayout.Fallocate.OFFSET),
                message.getLong(RequestLayout.Fallocate.LENGTH),
                request.answer(Encoders.NOTHING));
    }

    void lseek(Request request) throws ErrnoException {
        Message message = request.message();
        fileSystem.lseek(
                request.caller(),
                request.node(),
                message.getLong(RequestLayout.Lseek.FH),
                message.getLong(RequestLayout.Lseek.OFFSET),
                message.getInt(RequestLayout.Lseek.WHENCE),
                request.answer(Encoders.OFFSET));
    }
}
