package org.netcachefs.daemon.netfs;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.netcachefs.daemon.netfs.Dirents.Dirent;
import org.netcachefs.daemon.netfs.Questions.Question;
import org.netcachefs.daemon.upstream.Identity;
import org.netcachefs.daemon.upstream.UpstreamStatus;
import org.netcachefs.daemon.upstream.UpstreamTree;
import org.netcachefs.daemon.upstream.UpstreamTree.PathHandle;
import org.netcachefs.fuse.Attributes;
import org.netcachefs.fuse.Caller;
import org.netcachefs.fuse.Entry;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.Reply;
import org.netcachefs.store.CacheException;

/** Looks names up: in RAM while what upstream said is believed, else upstream. Thread-safe. */
final class Names {
    private static final int MOST_CHANGED = 1024;

    private final Core core;
    private final Looks looks;
    private final PathHandles paths;
    private final Questions questions;

    /** The change of a directory through us after which a name was last found absent there. */
    private final ClockMap<Long, Long> absentAfter = new ClockMap<>(MOST_CHANGED, change -> true);

    private final NewDirectories newDirectories;

    Names(Core core, Looks looks, PathHandles paths, Questions questions) {
        this.core = core;
        this.looks = looks;
        this.paths = paths;
        this.questions = questions;
        newDirectories = new NewDirectories(core);
    }

    NewDirectories newDirectories() {
        return newDirectories;
    }

    void lookup(Caller caller, long parentId, FileName name, Reply<Entry> reply) {
        Node parent;
        try {
            parent = core.nodes().require(parentId);
        } catch (ErrnoException e) {
            reply.error(e.errno());
            return;
        }
        if (core.answersUnchecked() && isKnownAbsent(parent, name)) {
            reply.error(Errno.ENOENT);
        } else if (!answerFromRam(parent, name, reply)) {
            questions.answer(
                    reply,
                    Question.<Node, Entry>of(tree -> find(tree, parent, name), this::entry)
                            .as(core.callers().of(caller))
                            .orKnown(() -> known(parent, name))
                            .named(() ->
                                    "lookup of " + name + " in /" + core.nodes().pathOf(parent))
                            .undoneBy(this::undo));
        }
    }

    /** As {@link #lookup}, for who needs no attributes: a name that is believed will do. */
    void resolve(Caller caller, long parentId, FileName name, Reply<Entry> reply) {
        Node parent = core.nodes().known(parentId);
        Node node = parent == null ? null : believed(parent, name);
        Look look = node == null ? null : node.look();
        if (node == null || look == null) {
            lookup(caller, parentId, name, reply);
        } else {
            give(core.believes(look) ? entry(node, look) : entry(node, look).withOldAttributes(), reply);
        }
    }

    private void give(Entry entry, Reply<Entry> reply) {
        core.counters().metaHits.increment();
        if (!reply.ok(entry)) {
            undo(entry);
        }
    }

    /** What a name leads to; null if that is to be asked, or it leads nowhere. */
    private @Nullable Node believed(Node parent, FileName name) {
        Dirent dirent = core.dirents().get(parent.id(), name);
        Look parentLook = parent.look();
        if (dirent == null || dirent.isNegative() || parentLook == null || !core.believes(dirent, parentLook)) {
            return null;
        }
        Node node = core.nodes().known(dirent.node());
        return node != null && isNamed(node, parent, name) ? node : null;
    }

    /** What a name leads to if neither that nor its attributes are to be asked for, else null. */
    @Nullable
    Node remembered(Node parent, FileName name) {
        Node node = believed(parent, name);
        Look look = node == null ? null : node.look();
        return look != null && core.believes(look) ? node : null;
    }

    private boolean isKnownAbsent(Node parent, FileName name) {
        Dirent dirent = core.dirents().get(parent.id(), name);
        return dirent != null && dirent.isNegative();
    }

    private boolean answerFromRam(Node parent, FileName name, Reply<Entry> reply) {
        Node node = believed(parent, name);
        if (node == null) {
            return answerAbsent(parent, name, reply);
        }
        Look look = node.look();
        if (look == null) {
            return false;
        }
        boolean isBelieved = core.believes(look);
        boolean isWay =
                look.isSuperseded() && look.attributes().isDirectory(); // to what we make there; stat(2) asks again
        if (isBelieved || isWay) {
            give(isBelieved ? entry(node, look) : entry(node, look).withOldAttributes(), reply);
        }
        return isBelieved || isWay;
    }

    private boolean answerAbsent(Node parent, FileName name, Reply<Entry> reply) {
        Look parentLook = parent.look();
        Dirent dirent = parentLook == null ? null : core.dirents().get(parent.id(), name);
        if (parentLook != null && dirent == null) {
            dirent = newDirectories.absent(parent.id(), parentLook, name);
        }
        boolean isAbsent =
                dirent != null && dirent.isNegative() && parentLook != null && core.believes(dirent, parentLook);
        if (isAbsent) {
            core.counters().metaHits.increment();
            reply.error(Errno.ENOENT);
        }
        return isAbsent;
    }

    /** Whether an open of the node checks this name. */
    private static boolean isNamed(Node node, Node parent, FileName name) {
        return node.names().contains(new Node.Place(parent.id(), name));
    }

    /** Asks upstream, on one of its threads. */
    Node find(UpstreamTree tree, Node parent, FileName name) throws ErrnoException {
        Look.Moment asked = looks.begin();
        try (HandleCache.Lease<PathHandle> directory = paths.lease(tree, parent)) {
            Look parentLook = parent.look();
            if (parentLook == null) {
                Look.Moment askedParent = looks.begin();
                parentLook = looks.note(parent, tree.status(directory.handle(), false), askedParent, false);
            }
            try {
                return open(tree, directory.handle(), parent, name, new Dirent(0, asked, parentLook.state()));
            } catch (ErrnoException e) {
                if (e.errno() == Errno.EACCES && !tree.actor().isOwn() && isKnown(parent, name)) {
                    return tree.as(Identity.OWN, own -> find(own, parent, name)); // the kernel let him come by it
                }
                if (e.errno() == Errno.ENOENT) {
                    absent(tree, directory.handle(), parent, name, asked);
                }
                throw e;
            }
        }
    }

    private boolean isKnown(Node parent, FileName name) {
        Dirent dirent = core.dirents().get(parent.id(), name);
        return dirent != null && !dirent.isNegative();
    }

    private Node open(UpstreamTree tree, PathHandle directory, Node parent, FileName name, Dirent found)
            throws ErrnoException {
        PathHandle handle = tree.open(directory, name);
        boolean kept = false;
        try {
            UpstreamStatus status = tree.status(handle, false);
            Node.Place place = new Node.Place(parent.id(), name);
            Found node = found(place, status, found);
            if (status.attributes().isDirectory()) {
                kept = true;
                paths.offer(node.node, handle, node.look, found.moment());
            }
            return node.node;
        } finally {
            if (!kept) {
                handle.close();
            }
        }
    }

    private record Found(Node node, Look look) {}

    private Found found(Node.Place place, UpstreamStatus status, Dirent found) throws ErrnoException {
        Dirent before = core.dirents().get(place.parent(), place.name());
        Node guess = before == null ? null : core.nodes().known(before.node());
        Node node = core.nodes().seen(status, place, guess);
        settle(node, place, status);
        Look look = looks.note(node, status, found.moment(), false);
        if (status.attributes().links() > 0) { // else its name went meanwhile
            core.dirents().put(place, new Dirent(node.id(), found.moment(), found.parentState()));
        }
        return new Found(node, look);
    }

    /** What was just made or opened by its name: {@code status} came of asking it at {@code asked}. */
    Node made(Node parent, FileName name, UpstreamStatus status, Look.Moment asked) throws ErrnoException {
        Look parentLook = parent.look();
        long state = parentLook == null ? 0 : parentLook.state();
        return found(new Node.Place(parent.id(), name), status, new Dirent(0, asked, state)).node;
    }

    /** What has one name only lost those it had. */
    private void settle(Node node, Node.Place place, UpstreamStatus status) {
        boolean isRoot = node.place() == null;
        if (!isRoot) {
            boolean only =
                    status.attributes().links() <= 1 || status.attributes().isDirectory();
            node.seenAt(place, only).forEach(core.dirents()::forget);
        }
    }

    /** A name that was absent after {@code asked} is remembered as that only if whatever makes it appear would show in the directory's times. */
    private void absent(UpstreamTree tree, PathHandle directory, Node parent, FileName name, Look.Moment asked)
            throws ErrnoException {
        Look last = parent.look();
        if (last != null
                && last.isSuperseded()
                && isFirstAfter(parent, last.moment().sequence())) {
            core.dirents().forget(new Node.Place(parent.id(), name));
            return;
        }
        Look.Moment askedParent = looks.begin();
        Look look = looks.note(parent, tree.status(directory, true), askedParent, true);
        CompletionStage<Boolean> unused = core.dropOutdated(parent);
        core.dirents().forget(new Node.Place(parent.id(), name));
        forgetIfRemoved(parent, look);
        boolean settled = core.skew()
                .policy()
                .isSettled(look.newestNanos(), asked.unixNanos(), asked.monotonicNanos() - look.firstSeenNanos());
        if (settled) {
            core.dirents().put(new Node.Place(parent.id(), name), new Dirent(0, asked, look.state()));
        }
        try {
            core.services().volume().removeChild(parent.id(), name.bytes());
        } catch (CacheException e) {
            return; // the index keeps a name too many, which nobody believes unasked
        }
    }

    /** Whether no name was absent from the directory since this change: then it is being written to, and the name may well come. */
    private boolean isFirstAfter(Node directory, long change) {
        Long before = absentAfter.get(directory.id());
        absentAfter.put(directory.id(), change);
        return before == null || before != change;
    }

    private void forgetIfRemoved(Node directory, Look look) throws ErrnoException {
        Node.Place place = directory.place();
        if (place != null && look.attributes().links() == 0) {
            paths.forget(directory, place);
            throw new ErrnoException(Errno.ESTALE, directory + " was removed");
        }
    }

    /**
     * What is remembered of a name, however old; null when its attributes are not in RAM. The index has none, and a node loaded from it
     * would take the place of one that has. Counts as a lookup until undone or forgotten.
     */
    @Nullable
    Entry known(Node parent, FileName name) {
        Dirent dirent = core.dirents().get(parent.id(), name);
        Node node = dirent == null || dirent.isNegative() ? null : core.nodes().known(dirent.node());
        Look look = node == null ? null : node.look();
        return node == null || look == null ? null : entry(node, look);
    }

    /** The node last seen under a name, from RAM or the index; null when neither knows. */
    @Nullable
    Node knownNode(long parent, FileName name) {
        Dirent dirent = core.dirents().get(parent, name);
        try {
            long id = dirent == null ? core.services().volume().child(parent, name.bytes()) : dirent.node();
            return id == 0 ? null : core.nodes().require(id);
        } catch (CacheException | ErrnoException e) {
            return null;
        }
    }

    private Entry entry(Node node) throws ErrnoException {
        Look look = node.look();
        if (look == null) {
            throw new ErrnoException(Errno.ESTALE, node + " left RAM");
        }
        return entry(node, look);
    }

    /** For a lookup or a listing. Counts as a lookup until undone or forgotten. */
    Entry entry(Node node, Look look) {
        Node present = core.nodes().addLookup(node);
        return entry(look, core.validNanos(present, look));
    }

    /** As {@link #entry}, of what was just made. */
    Entry madeEntry(Node node, Look look) {
        core.nodes().addLookup(node);
        return entry(look, core.kernelAttributes().takenAnywayNanos());
    }

    private Entry entry(Look look, long validNanos) {
        Attributes attributes = look.attributes();
        return new Entry(attributes.inode(), attributes, core.config().unnotifiedEntryNanos(), validNanos);
    }

    void undo(Entry entry) {
        core.nodes()
                .dropLookups(
                        InodeNumbers.shown(entry.node(), core.nodes().root().id()), 1);
    }
}
