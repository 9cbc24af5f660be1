package org.netcachefs.fuse.internal.libfuse;

import com.kenai.jffi.MemoryIO;
import org.netcachefs.fuse.Entry;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.FileSystem;
import org.netcachefs.fuse.OpenFlags;
import org.netcachefs.fuse.Opened;
import org.netcachefs.fuse.internal.Guard;
import org.netcachefs.fuse.internal.Native;

/** Listing directories and changing what names are in them. Thread-safe. */
final class DirectoryOperations {
    private static final MemoryIO MEMORY = Native.MEMORY;

    private final FileSystem fileSystem;
    private final Guard guard;
    private final PathWalk walk;
    private final HandleTable handles;
    private final HiddenFiles hidden;

    DirectoryOperations(FileSystem fileSystem, Guard guard, PathWalk walk, HandleTable handles) {
        this.fileSystem = fileSystem;
        this.guard = guard;
        this.walk = walk;
        this.handles = handles;
        hidden = new HiddenFiles(fileSystem, walk, handles);
    }

    int opendir(long path, long info) {
        return guard.call(
                "opendir",
                Receiver.current().request(),
                () -> walk.atKeeping(path, (receiver, found) -> {
                    Pending<Opened> pending = new Pending<>(receiver);
                    OpenFlags flags = new OpenFlags(MEMORY.getInt(info + Layout.FileInfo.FLAGS));
                    Calls.issue(pending, () -> fileSystem.opendir(receiver.caller(), found.node(), flags, pending));
                    long handle = handles.add(
                            new OpenHandle(found.node(), pending.value().handle(), 0));
                    MEMORY.putLong(info + Layout.FileInfo.HANDLE, handle);
                    return 0;
                }));
    }

    int readdir(long path, long buffer, long filler, long position, long info) {
        Receiver receiver = Receiver.current();
        return guard.call("readdir", receiver.request(), () -> {
            OpenHandle open = handles.get(MEMORY.getLong(info + Layout.FileInfo.HANDLE));
            PendingDirectory pending = new PendingDirectory(receiver, filler, buffer);
            Calls.issue(
                    pending,
                    () -> fileSystem.readdir(receiver.caller(), open.node(), open.handle(), position, false, pending));
            return pending.done();
        });
    }

    int releasedir(long path, long info) {
        Receiver receiver = Receiver.current();
        return guard.call("releasedir", receiver.request(), () -> {
            OpenHandle open = handles.remove(MEMORY.getLong(info + Layout.FileInfo.HANDLE));
            Pending<Void> pending = new Pending<>(receiver);
            try {
                Calls.issue(pending, () -> fileSystem.releasedir(open.node(), open.handle(), pending));
                return pending.done();
            } finally {
                walk.forget(open.node());
            }
        });
    }

    int fsyncdir(long path, int dataOnly, long info) {
        Receiver receiver = Receiver.current();
        return guard.call("fsyncdir", receiver.request(), () -> {
            OpenHandle open = handles.get(MEMORY.getLong(info + Layout.FileInfo.HANDLE));
            Pending<Void> pending = new Pending<>(receiver);
            Calls.issue(
                    pending,
                    () -> fileSystem.fsyncdir(receiver.caller(), open.node(), open.handle(), dataOnly != 0, pending));
            return pending.done();
        });
    }

    int mknod(long path, int mode, long device) {
        return guard.call(
                "mknod",
                Receiver.current().request(),
                () -> walk.atParent(path, (receiver, parent, name) -> {
                    Pending<Entry> pending = new Pending<>(receiver);
                    Calls.issue(
                            pending,
                            () -> fileSystem.mknod(receiver.caller(), parent, name, mode, (int) device, pending));
                    return made(pending);
                }));
    }

    int mkdir(long path, int mode) {
        return guard.call(
                "mkdir",
                Receiver.current().request(),
                () -> walk.atParent(path, (receiver, parent, name) -> {
                    Pending<Entry> pending = new Pending<>(receiver);
                    Calls.issue(pending, () -> fileSystem.mkdir(receiver.caller(), parent, name, mode, pending));
                    return made(pending);
                }));
    }

    int symlink(long target, long path) {
        byte[] text = MEMORY.getZeroTerminatedByteArray(target);
        return guard.call(
                "symlink",
                Receiver.current().request(),
                () -> walk.atParent(path, (receiver, parent, name) -> {
                    Pending<Entry> pending = new Pending<>(receiver);
                    Calls.issue(pending, () -> fileSystem.symlink(receiver.caller(), parent, name, text, pending));
                    return made(pending);
                }));
    }

    int link(long path, long newPath) {
        return guard.call(
                "link",
                Receiver.current().request(),
                () -> walk.at(
                        path,
                        (r, found) -> walk.atParent(newPath, (receiver, parent, name) -> {
                            Pending<Entry> pending = new Pending<>(receiver);
                            Calls.issue(
                                    pending,
                                    () -> fileSystem.link(receiver.caller(), found.node(), parent, name, pending));
                            return made(pending);
                        })));
    }

    /** libfuse looks the new name up by itself: the lookup this answer is goes back at once. */
    private int made(Pending<Entry> pending) throws ErrnoException {
        walk.forget(pending.value().node());
        return 0;
    }

    int unlink(long path) {
        return guard.call(
                "unlink",
                Receiver.current().request(),
                () -> walk.atParent(path, (receiver, parent, name) -> {
                    Pending<Void> pending = new Pending<>(receiver);
                    Calls.issue(pending, () -> fileSystem.unlink(receiver.caller(), parent, name, pending));
                    return pending.done();
                }));
    }

    int rmdir(long path) {
        return guard.call(
                "rmdir",
                Receiver.current().request(),
                () -> walk.atParent(path, (receiver, parent, name) -> {
                    Pending<Void> pending = new Pending<>(receiver);
                    Calls.issue(pending, () -> fileSystem.rmdir(receiver.caller(), parent, name, pending));
                    return pending.done();
                }));
    }

    int rename(long path, long newPath) {
        return guard.call(
                "rename",
                Receiver.current().request(),
                () -> walk.atParent(
                        path,
                        (r, parent, name) -> walk.atParent(
                                newPath,
                                (receiver, newParent, newName) -> hidden.isHiding(receiver, newName)
                                        ? hide(path, parent, name, newName)
                                        : rename(receiver, parent, name, newParent, newName))));
    }

    private int hide(long path, long parent, FileName name, FileName newName) throws ErrnoException {
        return walk.at(path, (receiver, found) -> hidden.hide(receiver, found.node(), parent, name, newName));
    }

    private int rename(Receiver receiver, long parent, FileName name, long newParent, FileName newName)
            throws ErrnoException {
        Pending<Void> pending = new Pending<>(receiver);
        Calls.issue(pending, () -> fileSystem.rename(receiver.caller(), parent, name, newParent, newName, 0, pending));
        return pending.done();
    }
}
