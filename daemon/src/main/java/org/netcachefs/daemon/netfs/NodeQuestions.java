package org.netcachefs.daemon.netfs;

import org.jspecify.annotations.Nullable;
import org.netcachefs.daemon.netfs.Questions.Question;
import org.netcachefs.daemon.upstream.Identity;
import org.netcachefs.daemon.upstream.UpstreamTree;
import org.netcachefs.daemon.upstream.UpstreamTree.PathHandle;
import org.netcachefs.fuse.Caller;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.Reply;
import org.netcachefs.fuse.ValidAttributes;
import org.netcachefs.store.CoherencyData;

/** Answers what is asked of one node but its content: attributes, link target, rights. Thread-safe. */
final class NodeQuestions {
    private static final int W_OK = 2;
    private static final int MOST_TARGETS = 16_384;

    private final Core core;
    private final Looks looks;
    private final PathHandles paths;
    private final Questions questions;
    private final boolean readOnly;
    private final ClockMap<Long, LinkTarget> targets = new ClockMap<>(MOST_TARGETS, target -> true);

    private static final class LinkTarget {
        private final CoherencyData coherency;
        private final byte[] bytes;

        LinkTarget(CoherencyData coherency, byte[] bytes) {
            this.coherency = coherency;
            this.bytes = bytes;
        }
    }

    NodeQuestions(Core core, Looks looks, PathHandles paths, Questions questions, boolean readOnly) {
        this.readOnly = readOnly;
        this.core = core;
        this.looks = looks;
        this.paths = paths;
        this.questions = questions;
    }

    /** {@code opened}: asked through an open handle, so that a file deleted upstream still has attributes. */
    void getattr(Caller caller, long id, boolean opened, Reply<ValidAttributes> reply) {
        Node node = require(id, reply);
        if (node == null) {
            return;
        }
        Look look = node.look();
        if (look != null && core.believes(look)) {
            core.counters().metaHits.increment();
            reply.ok(core.shown(node, look));
            return;
        }
        questions.answer(
                reply,
                Question.<ValidAttributes>of(tree -> attributes(tree, node, opened))
                        .as(core.callers().of(caller))
                        .named(() -> "attributes of /" + core.nodes().pathOf(node))
                        .orKnown(() -> known(node))
                        .soon(node.place() == null));
    }

    void readlink(Caller caller, long id, Reply<byte[]> reply) {
        Node node = require(id, reply);
        if (node == null) {
            return;
        }
        Look look = node.look();
        LinkTarget known = targets.get(id);
        if (look != null && known != null && core.believes(look) && known.coherency.equals(look.coherency())) {
            core.counters().metaHits.increment();
            reply.ok(known.bytes.clone());
            return;
        }
        questions.answer(
                reply,
                Question.<byte[]>of(tree -> target(tree, node))
                        .as(core.callers().of(caller))
                        .orKnown(() -> known == null ? null : known.bytes.clone()));
    }

    private byte[] target(UpstreamTree tree, Node node) throws ErrnoException {
        Look look = node.look();
        try (HandleCache.Lease<PathHandle> lease = paths.lease(tree, node)) {
            byte[] bytes = tree.readlink(lease.handle());
            if (look != null) {
                targets.put(node.id(), new LinkTarget(look.coherency(), bytes.clone()));
            }
            return bytes;
        }
    }

    void access(Caller caller, long id, int mask, Reply<Void> reply) {
        if (readOnly && (mask & W_OK) != 0) {
            reply.error(Errno.EROFS);
            return;
        }
        Node node = require(id, reply);
        if (node != null) {
            Identity who = core.callers().of(caller);
            questions.answer(
                    new Outcome(reply),
                    Question.<Boolean>of(tree -> granted(tree, node, mask))
                            .as(who)
                            .orKnown(() -> who.isOwn() ? true : null));
        }
    }

    private boolean granted(UpstreamTree tree, Node node, int mask) throws ErrnoException {
        try (HandleCache.Lease<PathHandle> lease = paths.lease(tree, node)) {
            tree.access(lease.handle(), mask);
            return true;
        }
    }

    private ValidAttributes attributes(UpstreamTree tree, Node node, boolean opened) throws ErrnoException {
        Look.Moment asked = looks.begin();
        try {
            return core.shown(node, looks.note(node, paths.status(tree, node, false), asked, false));
        } catch (ErrnoException e) {
            ValidAttributes last = opened && e.errno() == Errno.ESTALE ? known(node) : null;
            if (last == null) {
                throw e;
            }
            return last;
        }
    }

    private @Nullable ValidAttributes known(Node node) {
        Look look = node.look();
        return look == null ? null : core.shown(node, look);
    }

    private @Nullable Node require(long id, Reply<?> reply) {
        try {
            return core.nodes().require(id);
        } catch (ErrnoException e) {
            reply.error(e.errno());
            return null;
        }
    }
}
