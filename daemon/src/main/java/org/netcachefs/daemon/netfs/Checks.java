package org.netcachefs.daemon.netfs;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.netcachefs.daemon.upstream.Identity;
import org.netcachefs.daemon.upstream.UpstreamCalls.Lane;
import org.netcachefs.daemon.upstream.UpstreamStatus;
import org.netcachefs.daemon.upstream.UpstreamTree;
import org.netcachefs.daemon.upstream.UpstreamTree.PathHandle;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;

/** Compares nodes with upstream, past upstream's own attribute cache. Thread-safe. */
final class Checks {
    private final Core core;
    private final Looks looks;
    private final PathHandles paths;
    private final ConcurrentHashMap<Question, CompletableFuture<Look>> underWay = new ConcurrentHashMap<>();

    /** What is asked before upstream goes away is no answer to who asks when it is back. */
    private record Question(long node, Identity who, long epoch) {}

    Checks(Core core, Looks looks, PathHandles paths) {
        this.core = core;
        this.looks = looks;
        this.paths = paths;
    }

    /**
     * The check of an open: that the node's names still lead to it, and its attributes. Runs inside a call on upstream.
     *
     * @throws ErrnoException ESTALE when a name leads elsewhere; it is then forgotten, to be looked up again
     */
    Look byName(UpstreamTree tree, Node node) throws ErrnoException {
        Node.Place place = node.place();
        if (place == null) {
            return byHandle(tree, node);
        }
        boolean stale = false;
        for (Node.Place name : node.names()) {
            stale |= !name.equals(place) && !leadsTo(tree, node, name);
        }
        Node parent = core.nodes().require(place.parent());
        try (HandleCache.Lease<PathHandle> directory = paths.lease(tree, parent)) {
            tree.refresh(directory.handle());
            Look look = compare(tree, node, place, directory.handle());
            if (stale) {
                throw new ErrnoException(Errno.ESTALE, "one of its names is another object now, or gone");
            }
            return look;
        }
    }

    /** Whether another name still leads to the node; if not, or if that cannot be told, it is forgotten. */
    private boolean leadsTo(UpstreamTree tree, Node node, Node.Place name) {
        boolean leads = false;
        try (HandleCache.Lease<PathHandle> directory =
                paths.lease(tree, core.nodes().require(name.parent()))) {
            tree.refresh(directory.handle());
            try (PathHandle handle = tree.open(directory.handle(), name.name())) {
                leads = tree.status(handle, false).identity().equals(node.identity());
            }
        } catch (ErrnoException e) {
            leads = false; // whoever came by it is told by the lookup
        }
        if (!leads) {
            core.dirents().forget(name);
            node.doubt(name);
        }
        return leads;
    }

    /** The check of something open: its attributes, wherever it is. Runs inside a call on upstream. */
    Look byHandle(UpstreamTree tree, Node node) throws ErrnoException {
        Look.Moment asked = looks.begin();
        return looks.note(node, paths.status(tree, node, true), asked, true);
    }

    /** {@link #byHandle} as a call of its own, shared by all who want it at once. */
    CompletionStage<Look> again(Node node, Identity who) {
        CompletableFuture<Look> mine = new CompletableFuture<>();
        Question question = new Question(node.id(), who, core.epoch());
        CompletableFuture<Look> other = underWay.putIfAbsent(question, mine);
        if (other != null) {
            return other;
        }
        core.services()
                .upstream()
                .run(Lane.METADATA, who, tree -> byHandleOrGone(tree, node))
                .whenComplete((look, failure) -> {
                    underWay.remove(question);
                    if (failure == null) {
                        CompletionStage<Boolean> unused = core.dropOutdated(node);
                        mine.complete(look);
                    } else {
                        mine.completeExceptionally(failure);
                    }
                });
        return mine;
    }

    /** {@link #byHandle} as a call of its own that begins now. */
    CompletionStage<Look> anew(Node node, Identity who) {
        return core.services().upstream().run(Lane.METADATA, who, tree -> byHandleOrGone(tree, node));
    }

    /** What is open stays what it was when its name is gone. */
    private Look byHandleOrGone(UpstreamTree tree, Node node) throws ErrnoException {
        Look.Moment asked = looks.begin();
        try {
            return byHandle(tree, node);
        } catch (ErrnoException e) {
            Look last = e.errno() == Errno.ESTALE ? looks.confirm(node, asked) : null;
            if (last == null) {
                throw e;
            }
            return last;
        }
    }

    private Look compare(UpstreamTree tree, Node node, Node.Place place, PathHandle directory) throws ErrnoException {
        Look.Moment asked = looks.begin();
        PathHandle handle = open(tree, node, place, directory);
        boolean same = false;
        try {
            UpstreamStatus status = tree.status(handle, true);
            same = status.identity().equals(node.identity());
            if (!same) {
                paths.forget(node, place);
                node.doubt(place);
                throw new ErrnoException(Errno.ESTALE, place.name() + " is another object now");
            }
            Look look = looks.note(node, status, asked, true);
            paths.offer(node, handle, look, asked);
            return look;
        } finally {
            if (!same) {
                handle.close();
            }
        }
    }

    private PathHandle open(UpstreamTree tree, Node node, Node.Place place, PathHandle directory)
            throws ErrnoException {
        try {
            return tree.open(directory, place.name());
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT) {
                paths.forget(node, place);
                node.doubt(place);
                throw new ErrnoException(Errno.ESTALE, place.name() + " is gone");
            }
            throw e;
        }
    }
}
