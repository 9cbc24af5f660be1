package org.netcachefs.fuse.internal.kernel;

import org.jspecify.annotations.Nullable;
import org.netcachefs.fuse.Entry;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.FileSystem;
import org.netcachefs.fuse.FileSystemStatus;
import org.netcachefs.fuse.Reply;
import org.netcachefs.fuse.SetAttributes;
import org.netcachefs.fuse.Timestamp;
import org.netcachefs.fuse.ValidAttributes;
import org.netcachefs.fuse.internal.protocol.Encoders;
import org.netcachefs.fuse.internal.protocol.Message;
import org.netcachefs.fuse.internal.protocol.RequestLayout;
import org.netcachefs.fuse.internal.protocol.RequestLayout.Setattr;

/** Looking names up and forgetting nodes, attributes, rights and link targets. Thread-safe. */
final class NodeRequests {
    private static final int NANOS_PER_SECOND = 1_000_000_000;

    private final FileSystem fileSystem;

    NodeRequests(FileSystem fileSystem) {
        this.fileSystem = fileSystem;
    }

    void lookup(Request request) throws ErrnoException {
        FileName name = request.message().name(RequestLayout.Header.END);
        Reply<Entry> reply = request.answer(Encoders.ENTRY);
        fileSystem.lookup(request.caller(), request.node(), name, reply);
    }

    void forget(Request request) throws ErrnoException {
        request.isNotAnswered();
        fileSystem.forget(request.node(), request.message().getLong(RequestLayout.Forget.NLOOKUP));
    }

    void batchForget(Request request) throws ErrnoException {
        request.isNotAnswered();
        Message message = request.message();
        int count = message.getInt(RequestLayout.BatchForget.COUNT);
        int offset = RequestLayout.BatchForget.END;
        for (int i = 0; i != count; i++) {
            long node = message.getLong(offset);
            fileSystem.forget(node, message.getLong(offset + RequestLayout.BatchForget.ONE_NLOOKUP));
            offset += RequestLayout.BatchForget.ONE_SIZE;
        }
    }

    void getattr(Request request) throws ErrnoException {
        Message message = request.message();
        boolean open = (message.getInt(RequestLayout.Getattr.FLAGS) & RequestLayout.Getattr.FUSE_GETATTR_FH) != 0;
        long handle = open ? message.getLong(RequestLayout.Getattr.FH) : FileSystem.NO_HANDLE;
        Reply<ValidAttributes> reply = request.answer(Encoders.ATTRIBUTES);
        fileSystem.getattr(request.caller(), request.node(), handle, reply);
    }

    void setattr(Request request) throws ErrnoException {
        SetAttributes change = change(request.message());
        Reply<ValidAttributes> reply = request.answer(Encoders.ATTRIBUTES);
        fileSystem.setattr(request.caller(), request.node(), change, reply);
    }

    private static SetAttributes change(Message message) throws ErrnoException {
        int valid = message.getInt(Setattr.VALID);
        return new SetAttributes(
                (valid & Setattr.FATTR_MODE) == 0 ? null : message.getInt(Setattr.MODE),
                (valid & Setattr.FATTR_UID) == 0 ? null : message.getInt(Setattr.UID),
                (valid & Setattr.FATTR_GID) == 0 ? null : message.getInt(Setattr.GID),
                (valid & Setattr.FATTR_SIZE) == 0 ? null : message.getLong(Setattr.SIZE),
                (valid & Setattr.FATTR_ATIME_NOW) != 0
                        ? SetAttributes.NOW
                        : time(message, valid & Setattr.FATTR_ATIME, Setattr.ATIME, Setattr.ATIMENSEC),
                (valid & Setattr.FATTR_MTIME_NOW) != 0
                        ? SetAttributes.NOW
                        : time(message, valid & Setattr.FATTR_MTIME, Setattr.MTIME, Setattr.MTIMENSEC),
                (valid & Setattr.FATTR_FH) == 0 ? null : message.getLong(Setattr.FH),
                (valid & Setattr.FATTR_KILL_SUIDGID) != 0);
    }

    private static @Nullable Timestamp time(Message message, int given, int seconds, int nanos) throws ErrnoException {
        if (given == 0) {
            return null;
        }
        int fraction = message.getInt(nanos);
        if (fraction < 0 || fraction >= NANOS_PER_SECOND) {
            throw new ErrnoException(Errno.EINVAL, fraction + " ns");
        }
        return new Timestamp(message.getLong(seconds), fraction);
    }

    void readlink(Request request) {
        Reply<byte[]> reply = request.answer(Encoders.BYTES);
        fileSystem.readlink(request.caller(), request.node(), reply);
    }

    void access(Request request) throws ErrnoException {
        int mask = request.message().getInt(RequestLayout.Access.MASK);
        Reply<Void> reply = request.answer(Encoders.NOTHING);
        fileSystem.access(request.caller(), request.node(), mask, reply);
    }

    void statfs(Request request) {
        Reply<FileSystemStatus> reply = request.answer(Encoders.STATUS);
        fileSystem.statfs(request.caller(), request.node(), reply);
    }
}
