package org.netcachefs.fuse.internal.kernel;

import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.FileSystem;
import org.netcachefs.fuse.internal.protocol.Encoders;
import org.netcachefs.fuse.internal.protocol.Message;
import org.netcachefs.fuse.internal.protocol.RequestLayout;

/** Changing what names are in directories. Thread-safe. */
final class NameRequests {
    private final FileSystem fileSystem;

    NameRequests(FileSystem fileSystem) {
        this.fileSystem = fileSystem;
    }

    void symlink(Request request) throws ErrnoException {
        Message message = request.message();
        FileName name = message.name(RequestLayout.Header.END);
        byte[] target = message.string(message.endOf(RequestLayout.Header.END));
        fileSystem.symlink(request.caller(), request.node(), name, target, request.answer(Encoders.ENTRY));
    }

    void mknod(Request request) throws ErrnoException {
        Message message = request.message();
        int mode = message.getInt(RequestLayout.Mknod.MODE);
        int device = message.getInt(RequestLayout.Mknod.RDEV);
        FileName name = message.name(RequestLayout.Mknod.END);
        fileSystem.mknod(request.caller(), request.node(), name, mode, device, request.answer(Encoders.ENTRY));
    }

    void mkdir(Request request) throws ErrnoException {
        int mode = request.message().getInt(RequestLayout.Mkdir.MODE);
        FileName name = request.message().name(RequestLayout.Mkdir.END);
        fileSystem.mkdir(request.caller(), request.node(), name, mode, request.answer(Encoders.ENTRY));
    }

    void unlink(Request request) throws ErrnoException {
        FileName name = request.message().name(RequestLayout.Header.END);
        fileSystem.unlink(request.caller(), request.node(), name, request.answer(Encoders.NOTHING));
    }

    void rmdir(Request request) throws ErrnoException {
        FileName name = request.message().name(RequestLayout.Header.END);
        fileSystem.rmdir(request.caller(), request.node(), name, request.answer(Encoders.NOTHING));
    }

    void rename(Request request) throws ErrnoException {
        rename(request, RequestLayout.Rename.END, 0);
    }

    void rename2(Request request) throws ErrnoException {
        rename(request, RequestLayout.Rename.END2, request.message().getInt(RequestLayout.Rename.FLAGS));
    }

    private void rename(Request request, int names, int flags) throws ErrnoException {
        Message message = request.message();
        long newParent = message.getLong(RequestLayout.Rename.NEWDIR);
        FileName name = message.name(names);
        FileName newName = message.name(message.endOf(names));
        fileSystem.rename(
                request.caller(), request.node(), name, newParent, newName, flags, request.answer(Encoders.NOTHING));
    }

    void link(Request request) throws ErrnoException {
        long node = request.message().getLong(RequestLayout.Link.OLDNODEID);
        FileName name = request.message().name(RequestLayout.Link.END);
        fileSystem.link(request.caller(), node, request.node(), name, request.answer(Encoders.ENTRY));
    }
}
