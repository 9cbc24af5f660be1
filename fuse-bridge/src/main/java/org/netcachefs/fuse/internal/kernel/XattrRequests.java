package org.netcachefs.fuse.internal.kernel;

import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.FileSystem;
import org.netcachefs.fuse.internal.protocol.Encoder;
import org.netcachefs.fuse.internal.protocol.Encoders;
import org.netcachefs.fuse.internal.protocol.Message;
import org.netcachefs.fuse.internal.protocol.RequestLayout;
import org.netcachefs.fuse.internal.protocol.RequestLayout.Setxattr;

/** Extended attributes. Thread-safe. */
final class XattrRequests {
    private final FileSystem fileSystem;

    XattrRequests(FileSystem fileSystem) {
        this.fileSystem = fileSystem;
    }

    void getxattr(Request request) throws ErrnoException {
        FileName name = request.message().name(RequestLayout.Getxattr.END);
        fileSystem.getxattr(request.caller(), request.node(), name, request.answer(room(request)));
    }

    void listxattr(Request request) throws ErrnoException {
        fileSystem.listxattr(request.caller(), request.node(), request.answer(room(request)));
    }

    private static Encoder<byte[]> room(Request request) throws ErrnoException {
        return Encoders.xattr(Integer.toUnsignedLong(request.message().getInt(RequestLayout.Getxattr.SIZE)));
    }

    void setxattr(Request request) throws ErrnoException {
        Message message = request.message();
        int flags = message.getInt(Setxattr.FLAGS);
        FileName name = message.name(Setxattr.END);
        byte[] value = message.bytes(message.endOf(Setxattr.END), message.getInt(Setxattr.SIZE));
        fileSystem.setxattr(request.caller(), request.node(), name, value, flags, request.answer(Encoders.NOTHING));
    }

    void removexattr(Request request) throws ErrnoException {
        FileName name = request.message().name(RequestLayout.Header.END);
        fileSystem.removexattr(request.caller(), request.node(), name, request.answer(Encoders.NOTHING));
    }
}
