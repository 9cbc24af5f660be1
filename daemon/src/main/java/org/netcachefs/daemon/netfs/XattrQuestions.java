package org.netcachefs.daemon.netfs;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.netcachefs.daemon.netfs.Questions.Question;
import org.netcachefs.daemon.upstream.Identity;
import org.netcachefs.daemon.upstream.UpstreamTree;
import org.netcachefs.daemon.upstream.UpstreamTree.PathHandle;
import org.netcachefs.fuse.Caller;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.Reply;

/**
 * Answers what is asked of extended attributes: from RAM as long as the node's {@link Look} is believed and says that nothing changed (they change
 * ctime), else from upstream. Thread-safe.
 */
final class XattrQuestions {
    /** The answers for most files of a tree are the same (there are none): so many different ones are kept once. */
    private static final int MOST_SHARED = 256;

    private final Core core;
    private final PathHandles paths;
    private final Questions questions;
    private final ClockMap<List<Xattr>, List<Xattr>> shared = new ClockMap<>(MOST_SHARED, answers -> true);

    XattrQuestions(Core core, PathHandles paths, Questions questions) {
        this.core = core;
        this.paths = paths;
        this.questions = questions;
    }

    private interface Asking {
        byte[] ask(UpstreamTree tree, PathHandle handle) throws ErrnoException;
    }

    void get(Caller caller, long id, FileName name, Reply<byte[]> reply) {
        answer(caller, id, name, (tree, handle) -> tree.getxattr(handle, name), reply);
    }

    void list(Caller caller, long id, Reply<byte[]> reply) {
        answer(caller, id, null, UpstreamTree::listxattr, reply);
    }

    /** While upstream hangs what is not known is taken as absent, which is no error. */
    private void answer(Caller caller, long id, @Nullable FileName name, Asking asking, Reply<byte[]> reply) {
        Node node;
        try {
            node = core.nodes().require(id);
        } catch (ErrnoException e) {
            reply.error(e.errno());
            return;
        }
        Identity who = core.callers().of(caller);
        Look look = node.look();
        Xattr known = who.isOwn() ? node.xattr(name) : null; // others may be told less
        if (known != null && look != null && core.believes(look)) {
            core.counters().metaHits.increment();
            known.give(reply);
        } else if (core.answersUnchecked()) {
            core.counters().unchecked.increment();
            Objects.requireNonNullElse(known, unknown(name)).give(reply);
        } else {
            byte[] unchecked = name == null ? new byte[0] : null;
            questions.answer(
                    reply,
                    Question.<byte[]>of(tree -> ask(tree, node, name, asking))
                            .as(who)
                            .orKnown(() -> unchecked));
        }
    }

    private static Xattr unknown(@Nullable FileName name) {
        return name == null ? Xattr.of(null, new byte[0]) : Xattr.absent(name, Errno.ENODATA);
    }

    private byte[] ask(UpstreamTree tree, Node node, @Nullable FileName name, Asking asking) throws ErrnoException {
        Look look = node.look();
        try (HandleCache.Lease<PathHandle> lease = paths.lease(tree, node)) {
            byte[] value = asking.ask(tree, lease.handle());
            if (value.length <= Xattr.LONGEST) {
                remember(tree, node, look, Xattr.of(name, value));
            }
            return value;
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENODATA || e.errno() == Errno.EOPNOTSUPP) {
                remember(tree, node, look, Xattr.absent(name, e.errno()));
            }
            throw e;
        }
    }

    /** Not if upstream was looked at meanwhile: nobody knows which came first. */
    private void remember(UpstreamTree tree, Node node, @Nullable Look asked, Xattr answer) {
        if (!tree.actor().isOwn()) {
            return;
        }
        synchronized (node) {
            Look now = node.look();
            if (asked != null
                    && now != null
                    && now.moment().sequence() == asked.moment().sequence()) {
                node.xattrs(shared(answer.addedTo(node.xattrs())));
            }
        }
    }

    private List<Xattr> shared(List<Xattr> answers) {
        List<Xattr> known = shared.get(answers);
        if (known == null) {
            shared.put(answers, answers);
            return answers;
        }
        return known;
    }
}
