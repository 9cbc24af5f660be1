package org.netcachefs.daemon.netfs;

import org.jspecify.annotations.Nullable;
import org.netcachefs.daemon.upstream.Identity;
import org.netcachefs.daemon.upstream.UpstreamCalls.Body;
import org.netcachefs.daemon.upstream.UpstreamChanges;
import org.netcachefs.daemon.upstream.UpstreamTree;
import org.netcachefs.daemon.upstream.UpstreamTree.DataHandle;
import org.netcachefs.daemon.upstream.UpstreamTree.PathHandle;
import org.netcachefs.fuse.Entry;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.FileType;
import org.netcachefs.fuse.OpenFlags;
import org.netcachefs.fuse.Reply;
import org.netcachefs.store.CacheException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes, moves and removes names. Each change is one call on upstream, answered when it returns, whatever came of it; what is
 * known of all concerned counts no more, and the reply carries what upstream says afterwards. Thread-safe.
 */
final class NameChanges {
    private static final Logger LOG = LoggerFactory.getLogger(NameChanges.class);
    private static final int RENAME_EXCHANGE = 2;

    private final Core core;
    private final Looks looks;
    private final PathHandles paths;
    private final DataHandles data;
    private final Names names;

    NameChanges(Core core, Looks looks, PathHandles paths, DataHandles data, Names names) {
        this.core = core;
        this.looks = looks;
        this.paths = paths;
        this.data = data;
        this.names = names;
    }

    /** A system call in a directory. */
    private interface Change {
        void make(UpstreamChanges changes, PathHandle directory) throws ErrnoException;
    }

    // ---- names that come

    void mkdir(Identity who, long parent, FileName name, int mode, Reply<Entry> reply) {
        make(who, parent, name, reply, (changes, directory) -> changes.mkdir(directory, name, mode));
    }

    void mknod(Identity who, long parent, FileName name, int mode, int device, Reply<Entry> reply) {
        make(who, parent, name, reply, (changes, directory) -> changes.mknod(directory, name, mode, device));
    }

    void symlink(Identity who, long parent, FileName name, byte[] target, Reply<Entry> reply) {
        make(who, parent, name, reply, (changes, directory) -> changes.symlink(directory, name, target));
    }

    private void make(Identity who, long parentId, FileName name, Reply<Entry> reply, Change change) {
        answerEntry(who, reply, "making " + name, tree -> {
            Node parent = core.nodes().require(parentId);
            in(tree, parent, name, change);
            Node made = found(tree, parent, name);
            if (made.type() == FileType.DIRECTORY) {
                seeIfEmpty(tree, made);
            }
            return made;
        });
    }

    /** A new directory may have content all the same: upstream may be a store of objects, which come with their directory, or somebody else was quick. */
    private void seeIfEmpty(UpstreamTree tree, Node directory) {
        Look look = directory.look();
        boolean[] isEmpty = {look != null};
        try (HandleCache.Lease<PathHandle> lease = paths.lease(tree, directory)) {
            tree.list(lease.handle(), item -> isEmpty[0] = false);
        } catch (ErrnoException e) {
            LOG.debug("{} cannot be listed: {}", directory, e.getMessage());
            return;
        }
        if (look != null && isEmpty[0]) {
            names.newDirectories().made(directory.id(), look);
        }
    }

    /**
     * What was just made. That it cannot be looked up makes the answer an error, as the kernel needs to know the object, although the change is made: so what may be an
     * upset of a moment is asked once more. If that fails too nothing is remembered of the name, and the next lookup asks.
     */
    private Node found(UpstreamTree tree, Node parent, FileName name) throws ErrnoException {
        try {
            return names.find(tree, parent, name);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT) { // somebody else took it away
                throw e;
            }
            LOG.debug("{} in {} was made, and is looked up once more: {}", name, parent, e.getMessage());
            return names.find(tree, parent, name);
        }
    }

    /** {@code isNew}: it was made, not found there. */
    record Opened(DataHandle handle, boolean isNew) {}

    /** A file just made, open; one that is there already is opened unless that is not wanted (O_EXCL). */
    Opened create(UpstreamTree tree, Node parent, FileName name, int mode, OpenFlags flags) throws ErrnoException {
        boolean done = false;
        try (HandleCache.Lease<PathHandle> lease = paths.lease(tree, parent)) {
            DataHandle file = tree.changes().create(lease.handle(), name, mode, flags.bits());
            done = true;
            return new Opened(file, true);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EEXIST || (flags.bits() & OpenFlags.O_EXCL) != 0) {
                throw e;
            }
            Node there = names.find(tree, parent, name);
            try (HandleCache.Lease<PathHandle> file = paths.lease(tree, there)) {
                return new Opened(tree.changes().openToWrite(file.handle(), flags.bits()), false);
            }
        } finally {
            nameChanged(parent, name, done);
        }
    }

    /** A file just made without a name, open; {@link #link} may give it one. */
    DataHandle createUnnamed(UpstreamTree tree, Node parent, int mode, OpenFlags flags) throws ErrnoException {
        try (HandleCache.Lease<PathHandle> lease = paths.lease(tree, parent)) {
            return tree.changes().createUnnamed(lease.handle(), mode, flags.bits());
        }
    }

    void link(Identity who, long node, long newParent, FileName newName, Reply<Entry> reply) {
        answerEntry(who, reply, "linking " + newName, tree -> {
            Node linked = core.nodes().require(node);
            Node parent = core.nodes().require(newParent);
            try (HandleCache.Lease<PathHandle> object = paths.lease(tree, linked)) {
                in(tree, parent, newName, (changes, directory) -> changes.link(object.handle(), directory, newName));
            } finally {
                looks.changed(linked);
            }
            return found(tree, parent, newName);
        });
    }

    // ---- names that go

    void unlink(Identity who, long parent, FileName name, Reply<Void> reply) {
        remove(who, parent, name, reply, (changes, directory) -> changes.unlink(directory, name));
    }

    void rmdir(Identity who, long parent, FileName name, Reply<Void> reply) {
        remove(who, parent, name, reply, (changes, directory) -> changes.rmdir(directory, name));
    }

    private void remove(Identity who, long parentId, FileName name, Reply<Void> reply, Change change) {
        answer(who, reply, "removing " + name, tree -> {
            Node parent = core.nodes().require(parentId);
            Node removed = kept(tree, parent, name);
            try {
                in(tree, parent, name, change);
                gone(removed, new Node.Place(parentId, name));
            } finally {
                changed(removed);
            }
            return true;
        });
    }

    void rename(
            Identity who,
            long parentId,
            FileName name,
            long newParentId,
            FileName newName,
            int flags,
            Reply<Void> reply) {
        answer(who, reply, "renaming " + name, tree -> {
            Node parent = core.nodes().require(parentId);
            Node newParent = core.nodes().require(newParentId);
            Node moved = kept(tree, parent, name);
            Node replaced = kept(tree, newParent, newName);
            boolean done = false;
            try (HandleCache.Lease<PathHandle> target = paths.lease(tree, newParent)) {
                in(
                        tree,
                        parent,
                        name,
                        (changes, directory) -> changes.rename(directory, name, target.handle(), newName, flags));
                gone(moved, new Node.Place(parentId, name));
                gone(replaced, new Node.Place(newParentId, newName));
                done = true;
            } finally {
                nameChanged(newParent, newName, done);
                changed(moved);
                changed(replaced);
            }
            learn(tree, newParent, newName);
            if (flags == RENAME_EXCHANGE) {
                learn(tree, parent, name);
            }
            return true;
        });
    }

    /** What the name leads to now, for the next who asks; the change is made, whatever upstream says now. */
    private void learn(UpstreamTree tree, Node parent, FileName name) {
        try {
            names.find(tree, parent, name);
        } catch (ErrnoException e) {
            LOG.debug("{} in {}: {}", name, parent, e.getMessage());
        }
    }

    /** The node that has a name, as far as is known; what has it open gets its descriptor while the name still leads to it. */
    private @Nullable Node kept(UpstreamTree tree, Node parent, FileName name) {
        Dirents.Dirent dirent = core.dirents().get(parent.id(), name);
        Node node = dirent == null ? null : core.nodes().known(dirent.node());
        if (node != null) {
            data.keep(tree, node);
        }
        return node;
    }

    /** What led to {@code node} does not any more. */
    void gone(@Nullable Node node, Node.Place place) {
        core.dirents().forget(place);
        if (node != null) {
            node.doubt(place);
        }
        try {
            core.services().volume().removeChild(place.parent(), place.name().bytes());
        } catch (CacheException e) {
            return; // the index keeps a name too many, which nobody believes unasked
        }
    }

    private void changed(@Nullable Node node) {
        if (node != null) {
            looks.changed(node);
        }
    }

    // ---- how a change is made

    /** What is known of the directory counts no more even if the change fails: nobody knows what it did. */
    private void in(UpstreamTree tree, Node directory, FileName name, Change change) throws ErrnoException {
        boolean done = false;
        try (HandleCache.Lease<PathHandle> lease = paths.lease(tree, directory)) {
            change.make(tree.changes(), lease.handle());
            done = true;
        } finally {
            nameChanged(directory, name, done);
        }
    }

    private void nameChanged(Node directory, FileName name, boolean done) {
        core.dirents().forget(new Node.Place(directory.id(), name));
        Looks.Change change = looks.changed(directory);
        if (done && change != null) {
            names.newDirectories().changed(directory.id(), name, change);
        }
    }

    private void answerEntry(Identity who, Reply<Entry> reply, String what, Body<Node> body) {
        Mutation.change(core, who, reply, body).whenComplete((node, failure) -> {
            Look look = failure == null ? node.look() : null;
            if (look == null) {
                ErrnoException left = new ErrnoException(Errno.ESTALE, "it left RAM");
                Failures.tell(() -> what, failure == null ? left : failure);
                reply.error(Failures.errno(failure == null ? left : failure));
                return;
            }
            Entry entry = names.madeEntry(node, look);
            if (!reply.ok(entry)) {
                names.undo(entry);
            }
        });
    }

    private void answer(Identity who, Reply<Void> reply, String what, Body<Boolean> body) {
        Outcome.of(Mutation.change(core, who, reply, body), () -> what, reply);
    }
}
