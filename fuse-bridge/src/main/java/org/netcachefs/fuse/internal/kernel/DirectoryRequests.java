package org.netcachefs.fuse.internal.kernel;

import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileSystem;
import org.netcachefs.fuse.OpenFlags;
import org.netcachefs.fuse.internal.protocol.DirectoryAnswer;
import org.netcachefs.fuse.internal.protocol.Encoders;
import org.netcachefs.fuse.internal.protocol.Message;
import org.netcachefs.fuse.internal.protocol.RequestLayout;

/** Listing directories. Thread-safe. */
final class DirectoryRequests {
    private final FileSystem fileSystem;

    DirectoryRequests(FileSystem fileSystem) {
        this.fileSystem = fileSystem;
    }

    void opendir(Request request) throws ErrnoException {
        OpenFlags flags = new OpenFlags(request.message().getInt(RequestLayout.Open.FLAGS));
        fileSystem.opendir(request.caller(), request.node(), flags, request.answer(Encoders.OPENED));
    }

    void readdir(Request request) throws ErrnoException {
        list(request, false);
    }

    void readdirplus(Request request) throws ErrnoException {
        list(request, true);
    }

    private void list(Request request, boolean withAttributes) throws ErrnoException {
        Message message = request.message();
        long handle = message.getLong(RequestLayout.Data.FH);
        long position = message.getLong(RequestLayout.Data.OFFSET);
        int asked = message.getInt(RequestLayout.Data.SIZE);
        int size = Math.max(0, Math.min(asked, Negotiation.LARGEST_REQUEST));
        DirectoryAnswer reply = request.directoryAnswer(size, withAttributes, node -> fileSystem.forget(node, 1));
        fileSystem.readdir(request.caller(), request.node(), handle, position, withAttributes, reply);
    }

    void releasedir(Request request) throws ErrnoException {
        long handle = request.message().getLong(RequestLayout.Release.FH);
        fileSystem.releasedir(request.node(), handle, request.answer(Encoders.NOTHING));
    }

    void fsyncdir(Request request) throws ErrnoException {
        long handle = request.message().getLong(RequestLayout.Fsync.FH);
        boolean dataOnly = FileRequests.isDataOnly(request.message());
        fileSystem.fsyncdir(request.caller(), request.node(), handle, dataOnly, request.answer(Encoders.NOTHING));
    }
}
