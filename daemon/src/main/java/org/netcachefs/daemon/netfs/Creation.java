package org.netcachefs.daemon.netfs;

import org.netcachefs.daemon.upstream.Identity;
import org.netcachefs.daemon.upstream.UpstreamCalls.Body;
import org.netcachefs.daemon.upstream.UpstreamStatus;
import org.netcachefs.daemon.upstream.UpstreamTree;
import org.netcachefs.daemon.upstream.UpstreamTree.DataHandle;
import org.netcachefs.fuse.Created;
import org.netcachefs.fuse.Entry;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.OpenFlags;
import org.netcachefs.fuse.Opened;
import org.netcachefs.fuse.Reply;

/** Makes files and opens them in one step. Thread-safe. */
final class Creation {
    private final Core core;
    private final Looks looks;
    private final PathHandles paths;
    private final Names names;
    private final Opens opens;
    private final NameChanges changes;
    private final Writers writers;

    Creation(
            Core core, Looks looks, PathHandles paths, Names names, Opens opens, NameChanges changes, Writers writers) {
        this.paths = paths;
        this.core = core;
        this.looks = looks;
        this.names = names;
        this.opens = opens;
        this.changes = changes;
        this.writers = writers;
    }

    private record Made(Node node, Writer writer) {}

    void create(Identity who, long parent, FileName name, int mode, OpenFlags flags, Reply<Created> reply) {
        answer(who, "making " + name, reply, tree -> make(tree, parent, name, mode, flags));
    }

    /** A file that goes with its last close, unless it is linked before. */
    void createUnnamed(Identity who, long parent, int mode, OpenFlags flags, Reply<Created> reply) {
        answer(who, "making a file without a name", reply, tree -> makeUnnamed(tree, parent, mode, flags));
    }

    private void answer(Identity who, String what, Reply<Created> reply, Body<Made> body) {
        Mutation.change(core, who, reply, body).whenComplete((made, failure) -> {
            if (failure == null) {
                answer(who, made, reply);
            } else {
                Failures.tell(() -> what, failure);
                reply.error(Failures.errno(failure));
            }
        });
    }

    private Made make(UpstreamTree tree, long parentId, FileName name, int mode, OpenFlags flags)
            throws ErrnoException {
        Node parent = core.nodes().require(parentId);
        long asked = core.now();
        NameChanges.Opened file = changes.create(tree, parent, name, mode & 07777, flags);
        Made made = opened(file.handle(), flags, () -> seen(tree, parent, name, file.handle()));
        if (file.isNew()) { // the kernel asks before each write, and no file begins with one
            made.writer.writing().uncapable(Xattr.absent(Xattr.CAPABILITY, Errno.ENODATA), asked);
        }
        return made;
    }

    /** No name leads to it, so it is found by the descriptor kept of it, for as long as it is open. */
    private Made makeUnnamed(UpstreamTree tree, long parentId, int mode, OpenFlags flags) throws ErrnoException {
        Node parent = core.nodes().require(parentId);
        DataHandle handle = changes.createUnnamed(tree, parent, mode & 07777, flags);
        Made made = opened(handle, flags, () -> unnamed(tree, parent, handle));
        boolean kept = false;
        try {
            paths.keep(made.node, tree.path(handle));
            kept = true;
        } finally {
            if (!kept) {
                opens.discard(made.node, made.writer);
            }
        }
        return made;
    }

    private Node seen(UpstreamTree tree, Node parent, FileName name, DataHandle handle) throws ErrnoException {
        Look.Moment asked = looks.begin();
        return names.made(parent, name, tree.status(handle, false), asked);
    }

    /** As if it had had a name that went at once. */
    private Node unnamed(UpstreamTree tree, Node parent, DataHandle handle) throws ErrnoException {
        Look.Moment asked = looks.begin();
        UpstreamStatus status = tree.status(handle, false);
        FileName former = FileName.of("#" + status.attributes().inode());
        Node node = names.made(parent, former, status, asked);
        changes.gone(node, new Node.Place(parent.id(), former));
        return node;
    }

    private interface Seen {
        Node node() throws ErrnoException;
    }

    private Made opened(DataHandle handle, OpenFlags flags, Seen seen) throws ErrnoException {
        boolean made = false;
        try {
            Node open = core.nodes().require(seen.node().id(), flags.reads() ? Node::addReader : Node::addOpen);
            made = true;
            return new Made(open, new Writer(writers.use(open), handle, flags));
        } finally {
            if (!made) {
                handle.close();
            }
        }
    }

    private void answer(Identity who, Made made, Reply<Created> reply) {
        Look look = made.node.look();
        if (look == null) {
            opens.discard(made.node, made.writer);
            reply.error(Errno.ESTALE);
            return;
        }
        try {
            Opened opened = opens.created(who, made.node, look, made.writer);
            Entry entry = names.madeEntry(made.node, look);
            if (!reply.ok(new Created(entry, opened))) {
                names.undo(entry);
                opens.release(opened.handle());
            }
        } catch (ErrnoException e) {
            reply.error(e.errno());
        }
    }
}
