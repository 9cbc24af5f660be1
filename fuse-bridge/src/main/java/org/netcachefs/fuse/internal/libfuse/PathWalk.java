package org.netcachefs.fuse.internal.libfuse;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.netcachefs.fuse.Caller;
import org.netcachefs.fuse.Entry;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.FileSystem;
import org.netcachefs.fuse.Reply;
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

    /** How the node of a name is asked for. */
    private interface Asking {
        void ask(Caller caller, long parent, FileName name, Reply<Entry> reply);
    }

    /** Runs {@code body} on what the path led to when the kernel looked it up. */
    int at(long pathAddress, NodeBody body) throws ErrnoException {
        NativePath path = NativePath.at(pathAddress);
        return again(() -> once(Receiver.current(), path, path.length(), fileSystem::resolve, body));
    }

    /** As {@link #at}, on what it leads to now: the kernel may be looking it up, which libfuse does not say. */
    int atLookedUp(long pathAddress, NodeBody body) throws ErrnoException {
        NativePath path = NativePath.at(pathAddress);
        return again(() -> once(Receiver.current(), path, path.length(), fileSystem::lookup, body));
    }

    /** As {@link #atLookedUp}; the lookup stays with the body, unless that throws. */
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
        return again(() -> once(Receiver.current(), path, path.parentLength(), fileSystem::resolve, inParent));
    }

    private int onceKeeping(Receiver receiver, NativePath path, NodeBody body) throws ErrnoException {
        Found found = walk(receiver, path, path.length(), fileSystem::lookup);
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

    private int once(Receiver receiver, NativePath path, int end, Asking last, NodeBody body) throws ErrnoException {
        Found found = walk(receiver, path, end, last);
        try {
            return body.run(receiver, found);
        } finally {
            forget(found.node());
        }
    }

    /** Of the components on the way the node is all that is needed. */
    private Found walk(Receiver receiver, NativePath path, int end, Asking last) throws ErrnoException {
        Caller caller = receiver.caller();
        Found found = new Found(FileSystem.ROOT, null);
        int slash = 0;
        while (slash + 1 < end) {
            int next = path.componentEnd(slash);
            Found parent = found;
            try {
                FileName name = path.component(slash, next);
                Asking asking = next + 1 < end ? fileSystem::resolve : last;
                found = found(receiver, reply -> asking.ask(caller, parent.node(), name, reply));
            } finally {
                forget(parent.node());
            }
            slash = next;
        }
        return found;
    }

    private static Found found(Receiver receiver, Consumer<Reply<Entry>> question) throws ErrnoException {
        Pending<Entry> pending = new Pending<>(receiver);
        Calls.issue(pending, () -> question.accept(pending));
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
