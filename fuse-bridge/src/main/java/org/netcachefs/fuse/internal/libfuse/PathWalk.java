package org.netcachefs.fuse.internal.libfuse;

import org.jspecify.annotations.Nullable;
import org.netcachefs.fuse.Caller;
import org.netcachefs.fuse.Entry;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.FileSystem;
import org.netcachefs.fuse.internal.Guard;

/**
 * Turns libfuse's paths into nodes by looking up each component, and gives every lookup back. A body that finds its node
 * replaced (ESTALE) runs once more, on what the path leads to now. Thread-safe.
 */
final class PathWalk {
    private final FileSystem fileSystem;

    PathWalk(FileSystem fileSystem) {
        this.fileSystem = fileSystem;
    }

    /** What a path led to; {@code entry} is null for the root. */
    record Found(long node, @Nullable Entry entry) {}

    /** What is done with a node while a lookup on it is held. */
    @FunctionalInterface
    interface NodeBody {
        int run(Receiver receiver, Found found) throws ErrnoException;
    }

    /** What is done with a name in a directory while a lookup on that is held. */
    @FunctionalInterface
    interface NameBody {
        int run(Receiver receiver, long parent, FileName name) throws ErrnoException;
    }

    /** Runs {@code body} on what the path leads to. */
    int at(long pathAddress, NodeBody body) throws ErrnoException {
        NativePath path = NativePath.at(pathAddress);
        return again(() -> once(Receiver.current(), path, path.length(), body));
    }

    /** As {@link #at}; the lookup stays with the body, unless that throws. */
    int atKeeping(long pathAddress, NodeBody body) throws ErrnoException {
        NativePath path = NativePath.at(pathAddress);
        try {
            return again(() -> onceKeeping(Receiver.current(), path, body));
        } catch (ErrnoException e) {
            throw e.errno() == Errno.ENOENT && HiddenFiles.isHidden(path.name()) ? gone(e) : e;
        }
    }

    /** The file had another name when the kernel looked it up: that is to be looked up again. */
    private static ErrnoException gone(ErrnoException missing) {
        return new ErrnoException(Errno.ESTALE, "replaced: " + missing.getMessage());
    }

    private static int again(Guard.Body walk) throws ErrnoException {
        try {
            return walk.run();
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ESTALE) {
                throw e;
            }
            return walk.run();
        }
    }

    /** Runs {@code body} on the directory the path's last component is in. */
    int atParent(long pathAddress, NameBody body) throws ErrnoException {
        NativePath path = NativePath.at(pathAddress);
        if (path.isRoot()) {
            throw new ErrnoException(Errno.EBUSY, "the root has no name");
        }
        FileName name = path.name();
        NodeBody inParent = (receiver, parent) -> body.run(receiver, parent.node(), name);
        return again(() -> once(Receiver.current(), path, path.parentLength(), inParent));
    }

    private int onceKeeping(Receiver receiver, NativePath path, NodeBody body) throws ErrnoException {
        Found found = walk(receiver, path, path.length());
        boolean kept = false;
        try {
            int result = body.run(receiver, found);
            kept = true;
            return result;
        } finally {
            if (!kept) {
                forget(found.node());
            }
        }
    }

    private int once(Receiver receiver, NativePath path, int end, NodeBody body) throws ErrnoException {
        Found found = walk(receiver, path, end);
        try {
            return body.run(receiver, found);
        } finally {
            forget(found.node());
        }
    }

    private Found walk(Receiver receiver, NativePath path, int end) throws ErrnoException {
        Caller caller = receiver.caller();
        Found found = new Found(FileSystem.ROOT, null);
        int slash = 0;
        while (slash + 1 < end) {
            int next = path.componentEnd(slash);
            Found parent = found;
            try {
                found = lookup(receiver, caller, parent.node(), path.component(slash, next));
            } finally {
                forget(parent.node());
            }
            slash = next;
        }
        return found;
    }

    private Found lookup(Receiver receiver, Caller caller, long parent, FileName name) throws ErrnoException {
        Pending<Entry> pending = new Pending<>(receiver);
        Calls.issue(pending, () -> fileSystem.resolve(caller, parent, name, pending));
        Entry entry = pending.value();
        if (entry.isNegative()) {
            throw new ErrnoException(Errno.ENOENT, "negative entry");
        }
        return new Found(entry.node(), entry);
    }

    /** Gives one lookup back. */
    void forget(long node) {
        if (node != FileSystem.ROOT) {
            fileSystem.forget(node, 1);
        }
    }
}
