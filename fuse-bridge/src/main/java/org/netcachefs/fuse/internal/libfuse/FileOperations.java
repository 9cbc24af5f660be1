package org.netcachefs.fuse.internal.libfuse;

import com.kenai.jffi.MemoryIO;
import org.netcachefs.fuse.Created;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileSystem;
import org.netcachefs.fuse.OpenFlags;
import org.netcachefs.fuse.Opened;
import org.netcachefs.fuse.internal.Guard;
import org.netcachefs.fuse.internal.Native;

/** Opening, flushing and closing files. A handle's operations need no path. Thread-safe. */
final class FileOperations {
    private static final MemoryIO MEMORY = Native.MEMORY;

    private final FileSystem fileSystem;
    private final Guard guard;
    private final PathWalk walk;
    private final HandleTable handles;
    private final KernelInodes inodes;
    private final KernelPages pages = new KernelPages();

    FileOperations(FileSystem fileSystem, Guard guard, PathWalk walk, HandleTable handles, KernelInodes inodes) {
        this.fileSystem = fileSystem;
        this.guard = guard;
        this.walk = walk;
        this.handles = handles;
        this.inodes = inodes;
    }

    int open(long path, long info) {
        return guard.call(
                "open",
                Receiver.current().request(),
                () -> walk.atKeeping(path, (receiver, found) -> {
                    Pending<Opened> pending = new Pending<>(receiver);
                    OpenFlags flags = flags(info);
                    Calls.issue(pending, () -> fileSystem.open(receiver.caller(), found.node(), flags, pending));
                    return opened(receiver, info, found.node(), pending.value());
                }));
    }

    int create(long path, int mode, long info) {
        return guard.call(
                "create",
                Receiver.current().request(),
                () -> walk.atParent(path, (receiver, parent, name) -> {
                    Pending<Created> pending = new Pending<>(receiver);
                    OpenFlags flags = flags(info);
                    Calls.issue(
                            pending, () -> fileSystem.create(receiver.caller(), parent, name, mode, flags, pending));
                    return made(info, pending.value());
                }));
    }

    private int opened(Receiver receiver, long info, long node, Opened opened) {
        long kernelNode = receiver.kernelNode();
        KernelPages.Use use = pages.open(kernelNode, node);
        inodes.opened(node, kernelNode);
        boolean shares = use != KernelPages.Use.NONE;
        answer(info, opened.isDirectIo() || !shares, opened.keepsCache() && use == KernelPages.Use.KEEP);
        add(info, new OpenHandle(node, opened.handle(), shares ? kernelNode : 0));
        return 0;
    }

    /** The kernel has no pages of a file just made, and no inode of it whose number we could know. */
    private int made(long info, Created created) {
        answer(info, created.opened().isDirectIo(), false);
        inodes.made(created.entry().node());
        add(info, new OpenHandle(created.entry().node(), created.opened().handle(), 0));
        return 0;
    }

    private static void answer(long info, boolean direct, boolean keep) {
        int bits = (direct ? Layout.FileInfo.DIRECT_IO : 0) | (keep ? Layout.FileInfo.KEEP_CACHE : 0);
        MEMORY.putInt(info + Layout.FileInfo.BITS, MEMORY.getInt(info + Layout.FileInfo.BITS) | bits);
    }

    private void add(long info, OpenHandle handle) {
        MEMORY.putLong(info + Layout.FileInfo.HANDLE, handles.add(handle));
    }

    int flush(long path, long info) {
        Receiver receiver = Receiver.current();
        return guard.call("flush", receiver.request(), () -> {
            OpenHandle open = handle(info);
            Pending<Void> pending = new Pending<>(receiver);
            Calls.issue(
                    pending,
                    () -> fileSystem.flush(receiver.caller(), open.node(), open.handle(), lockOwner(info), pending));
            return pending.done();
        });
    }

    int release(long path, long info) {
        Receiver receiver = Receiver.current();
        return guard.call("release", receiver.request(), () -> {
            OpenHandle open = handles.remove(MEMORY.getLong(info + Layout.FileInfo.HANDLE));
            Pending<Void> pending = new Pending<>(receiver);
            try {
                Calls.issue(
                        pending,
                        () -> fileSystem.release(open.node(), open.handle(), flags(info), lockOwner(info), pending));
                return pending.done();
            } finally {
                pages.release(open.kernelNode());
                inodes.released(open.node());
                walk.forget(open.node());
            }
        });
    }

    int fsync(long path, int dataOnly, long info) {
        Receiver receiver = Receiver.current();
        return guard.call("fsync", receiver.request(), () -> {
            OpenHandle open = handle(info);
            Pending<Void> pending = new Pending<>(receiver);
            Calls.issue(
                    pending,
                    () -> fileSystem.fsync(receiver.caller(), open.node(), open.handle(), dataOnly != 0, pending));
            return pending.done();
        });
    }

    int fallocate(long path, int mode, long offset, long length, long info) {
        Receiver receiver = Receiver.current();
        return guard.call("fallocate", receiver.request(), () -> {
            OpenHandle open = handle(info);
            Pending<Void> pending = new Pending<>(receiver);
            Calls.issue(
                    pending,
                    () -> fileSystem.fallocate(
                            receiver.caller(), open.node(), open.handle(), mode, offset, length, pending));
            return pending.done();
        });
    }

    private OpenHandle handle(long info) throws ErrnoException {
        return handles.get(MEMORY.getLong(info + Layout.FileInfo.HANDLE));
    }

    private static OpenFlags flags(long info) {
        return new OpenFlags(MEMORY.getInt(info + Layout.FileInfo.FLAGS));
    }

    private static long lockOwner(long info) {
        return MEMORY.getLong(info + Layout.FileInfo.LOCK_OWNER);
    }
}
