package org.netcachefs.daemon.netfs;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.netcachefs.daemon.netfs.Questions.Question;
import org.netcachefs.daemon.upstream.Identity;
import org.netcachefs.daemon.upstream.UpstreamTree;
import org.netcachefs.daemon.upstream.UpstreamTree.Handle;
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
    private final ObjectHandles objects;
    private final Questions questions;
    private final @Nullable Writers writers;
    private final ClockMap<List<Xattr>, List<Xattr>> shared = new ClockMap<>(MOST_SHARED, answers -> true);

    /** {@code writers} is null where nothing can be written. */
    XattrQuestions(Core core, ObjectHandles objects, Questions questions, @Nullable Writers writers) {
        this.core = core;
        this.objects = objects;
        this.questions = questions;
        this.writers = writers;
    }

    private interface Asking {
        byte[] ask(UpstreamTree tree, Handle object) throws ErrnoException;
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
        Xattr uncapable = name != null && name.equals(Xattr.CAPABILITY) ? uncapable(node) : null;
        if (known != null && look != null && core.believes(look)) {
            core.counters().metaHits.increment();
            known.give(reply);
        } else if (uncapable != null) {
            core.counters().metaHits.increment();
            uncapable.give(reply);
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

    /** While the file is written, what was said before; null if that is not known. */
    private @Nullable Xattr uncapable(Node node) {
        Writing writing = writers == null ? null : writers.writing(node);
        return writing == null ? null : writing.uncapable();
    }

    private static Xattr unknown(@Nullable FileName name) {
        return name == null ? Xattr.of(null, new byte[0]) : Xattr.absent(name, Errno.ENODATA);
    }

    private byte[] ask(UpstreamTree tree, Node node, @Nullable FileName name, Asking asking) throws ErrnoException {
        Look look = node.look();
        long asked = core.now();
        try {
            byte[] value = objects.on(tree, node, object -> asking.ask(tree, object));
            if (value.length <= Xattr.LONGEST) {
                remember(tree, node, look, Xattr.of(name, value));
            }
            return value;
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENODATA || e.errno() == Errno.EOPNOTSUPP) {
                Xattr absence = Xattr.absent(name, e.errno());
                remember(tree, node, look, absence);
                rememberUncapable(node, look, absence, asked);
            }
            throw e;
        }
    }

    private void remember(UpstreamTree tree, Node node, @Nullable Look asked, Xattr answer) {
        if (!tree.actor().isOwn()) {
            return;
        }
        synchronized (node) {
            if (isLatest(node, asked)) {
                node.xattrs(shared(answer.addedTo(node.xattrs())));
            }
        }
    }

    private void rememberUncapable(Node node, @Nullable Look look, Xattr absence, long asked) {
        Writing writing = writers == null ? null : writers.writing(node);
        if (writing == null || !absence.answers(Xattr.CAPABILITY)) {
            return;
        }
        synchronized (node) {
            if (isLatest(node, look)) {
                writing.uncapable(absence, asked);
            }
        }
    }

    /** False if upstream was looked at, or changed, meanwhile: nobody knows which came first. */
    private static boolean isLatest(Node node, @Nullable Look asked) {
        Look now = node.look();
        return asked != null
                && now != null
                && now.moment().sequence() == asked.moment().sequence();
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
