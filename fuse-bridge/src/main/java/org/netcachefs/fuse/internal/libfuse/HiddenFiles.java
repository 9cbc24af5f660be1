package org.netcachefs.fuse.internal.libfuse;

import java.util.Arrays;
import java.util.function.Consumer;
import org.netcachefs.fuse.Entry;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.FileSystem;
import org.netcachefs.fuse.Reply;

/**
 * Files whose last name went while they were open: libfuse renames them to {@code .fuse_hidden…} in their directory, and removes
 * that name with the last release. Left alone it would take a file for open until its release has ended, which no program waits
 * for, would leave the hidden name behind if that came meanwhile, and would take a name that is being replaced away for
 * a moment. So what nobody has open is not hidden but removed, and what is replaced gets the hidden name besides its own. Thread-safe.
 */
final class HiddenFiles {
    private static final byte[] PREFIX = {'.', 'f', 'u', 's', 'e', '_', 'h', 'i', 'd', 'd', 'e', 'n'};

    private final FileSystem fileSystem;
    private final PathWalk walk;
    private final HandleTable handles;

    HiddenFiles(FileSystem fileSystem, PathWalk walk, HandleTable handles) {
        this.fileSystem = fileSystem;
        this.walk = walk;
        this.handles = handles;
    }

    /** Whether this is a name that libfuse gives. */
    static boolean isHidden(FileName name) {
        byte[] bytes = name.bytes();
        return bytes.length > PREFIX.length && Arrays.equals(bytes, 0, PREFIX.length, PREFIX, 0, PREFIX.length);
    }

    /** Whether a renaming to this name is libfuse's own, not a program's. */
    boolean isHiding(Receiver receiver, FileName newName) {
        if (!isHidden(newName)) {
            return false;
        }
        FileName asked = receiver.renamedTo();
        return asked == null ? receiver.isUnlink() : !asked.equals(newName);
    }

    /** Hides a node that {@code name} leads to. */
    int hide(Receiver receiver, long node, long parent, FileName name, FileName hidden) throws ErrnoException {
        boolean replaced = !receiver.isUnlink();
        if (!handles.isOpen(node)) {
            return replaced ? 0 : unlink(receiver, parent, name);
        }
        if (!replaced || !linked(receiver, node, parent, hidden)) {
            done(receiver, reply -> fileSystem.rename(receiver.caller(), parent, name, parent, hidden, 0, reply));
        }
        return handles.isOpen(node) ? 0 : unlink(receiver, parent, hidden);
    }

    /** False where there are no links: the name is away for a moment there. */
    private boolean linked(Receiver receiver, long node, long parent, FileName hidden) {
        try {
            Pending<Entry> pending = new Pending<>(receiver);
            Calls.issue(pending, () -> fileSystem.link(receiver.caller(), node, parent, hidden, pending));
            walk.forget(pending.value().node());
            return true;
        } catch (ErrnoException e) {
            return false;
        }
    }

    private int unlink(Receiver receiver, long parent, FileName name) throws ErrnoException {
        return done(receiver, reply -> fileSystem.unlink(receiver.caller(), parent, name, reply));
    }

    private static int done(Receiver receiver, Consumer<Reply<Void>> call) throws ErrnoException {
        Pending<Void> pending = new Pending<>(receiver);
        Calls.issue(pending, () -> call.accept(pending));
        return pending.done();
    }
}
