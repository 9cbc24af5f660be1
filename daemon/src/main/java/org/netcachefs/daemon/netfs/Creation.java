package org.netcachefs.daemon.netfs;

import org.netcachefs.daemon.upstream.Identity;
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
    private final Names names;
    private final Opens opens;
    private final NameChanges changes;
    private final Writers writers;

    Creation(Core core, Looks looks, Names names, Opens opens, NameChanges changes, Writers writers) {
        this.core = core;
        this.looks = looks;
        this.names = names;
        this.opens = opens;
        this.changes = changes;
        this.writers = writers;
    }

    private record Made(Node node, Writer writer) {}

    void create(Identity who, long parent, FileName name, int mode, OpenFlags flags, Reply<Created> reply) {
        Mutation.change(core, who, reply, tree -> make(tree, parent, name, mode, flags))
                .whenComplete((made, failure) -> {
                    if (failure == null) {
                        answer(who, made, reply);
                    } else {
                        Failures.tell(() -> "making " + name, failure);
                        reply.error(Failures.errno(failure));
                    }
                });
    }

    private Made make(UpstreamTree tree, long parentId, FileName name, int mode, OpenFlags flags)
            throws ErrnoException {
        Node parent = core.nodes().require(parentId);
        DataHandle handle = changes.create(tree, parent, name, mode & 07777, flags);
        boolean made = false;
        try {
            Look.Moment asked = looks.begin();
            Node node = names.made(parent, name, tree.status(handle, false), asked);
            Node open = core.nodes().require(node.id(), flags.reads() ? Node::addReader : Node::addOpen);
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
            Entry entry = names.entry(made.node, look);
            if (!reply.ok(new Created(entry, opened))) {
                names.undo(entry);
                opens.release(opened.handle());
            }
        } catch (ErrnoException e) {
            reply.error(e.errno());
        }
    }
}
