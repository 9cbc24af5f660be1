package org.netcachefs.daemon.netfs;

import org.jspecify.annotations.Nullable;
import org.netcachefs.daemon.netfs.KernelAttributes.Afterwards;
import org.netcachefs.daemon.netfs.Questions.Question;
import org.netcachefs.daemon.upstream.Identity;
import org.netcachefs.daemon.upstream.UpstreamTree;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.OpenFlags;
import org.netcachefs.fuse.Opened;
import org.netcachefs.fuse.Reply;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.CoherencyData;
import org.netcachefs.store.Cookie;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens and releases files: each open compares what is cached with upstream as the coherency mode says. Thread-safe. */
final class Opens {
    private static final Logger LOG = LoggerFactory.getLogger(Opens.class);
    private static final String NOT_BYPASSED = "";

    private final Core core;
    private final Checks checks;
    private final DataHandles data;
    private final Questions questions;
    private final Access access;
    private final @Nullable Writers writers;
    private final Exclusions exclusions;
    private final Handles<OpenFile> files = new Handles<>();

    /** {@code writers} is null where nothing can be written. */
    Opens(Core core, Checks checks, DataHandles data, Questions questions, Access access, @Nullable Writers writers) {
        this.access = access;
        this.writers = writers;
        this.core = core;
        this.checks = checks;
        this.data = data;
        this.questions = questions;
        exclusions = new Exclusions(core.config().excludes());
    }

    @Nullable
    OpenFile file(long handle) {
        return files.get(handle);
    }

    int size() {
        return files.size();
    }

    void open(Identity who, long id, OpenFlags flags, Reply<Opened> reply) {
        if (writers == null && (flags.truncates() || flags.writes())) {
            reply.error(Errno.EROFS);
            return;
        }
        Node node;
        try {
            node = core.nodes().require(id);
        } catch (ErrnoException e) {
            reply.error(e.errno());
            return;
        }
        if (flags.writes() || needsCheck(node) || !access.isGranted(node, who, flags.runs())) {
            questions.answer(
                    new Afterwards<>(reply, () -> core.dropAtOpen(node), this::undo),
                    Question.<Checked, Opened>of(tree -> check(tree, id, flags), checked -> opened(who, checked))
                            .as(who)
                            .named(() -> "open of /" + core.nodes().pathOf(node))
                            .orKnown(() -> mayBeKnown(node, who, flags) ? openedKnown(who, node) : null)
                            .undoneBy(this::undo)
                            .discardedBy(this::drop));
        } else {
            answerKnown(who, node, new Afterwards<>(reply, () -> core.dropAtOpen(node), this::undo));
        }
    }

    private boolean mayBeKnown(Node node, Identity who, OpenFlags flags) {
        return !flags.writes() && access.wasGranted(node, who, flags.runs());
    }

    /** False when there is no such handle. */
    boolean release(long handle) {
        OpenFile file = files.remove(handle);
        if (file == null) {
            return false;
        }
        relinquish(file);
        return true;
    }

    private boolean needsCheck(Node node) {
        Look look = node.look();
        if (look == null) {
            return true;
        }
        return switch (core.config().coherency()) {
            case CLOSE_TO_OPEN, STRICT -> true;
            case IMMUTABLE -> false;
            case TTL ->
                look.moment().epoch() != core.epoch()
                        || core.now() - look.moment().monotonicNanos()
                                >= core.config().ttl().toNanos();
        };
    }

    private void answerKnown(Identity who, Node node, Reply<Opened> reply) {
        Opened opened = openedKnown(who, node);
        if (opened == null) {
            reply.error(Errno.ESTALE);
        } else if (!reply.ok(opened)) {
            undo(opened);
        }
    }

    private @Nullable Opened openedKnown(Identity who, Node node) {
        Look look = node.look();
        try {
            return look == null
                    ? null
                    : opened(who, new Checked(core.nodes().require(node.id(), Node::addReader), look, null));
        } catch (ErrnoException e) {
            return null;
        }
    }

    /** A node that counts as open, what upstream said of it, and what to write through. */
    private record Checked(Node node, Look look, @Nullable Writer writer) {}

    /** The node counts as open from before its descriptor is made, so that the end of another open does not close that. */
    private Checked check(UpstreamTree tree, long id, OpenFlags flags) throws ErrnoException {
        Node node = core.nodes().require(id, flags.reads() ? Node::addReader : Node::addOpen);
        boolean checked = false;
        try {
            Look known = flags.writes() || needsCheck(node) ? null : node.look();
            Look look = known == null ? checks.byName(tree, node) : known;
            requireFile(node, look);
            if (!flags.writes()) {
                access.require(tree, node, flags.runs());
            }
            Writer writer = flags.writes() && writers != null ? data.writer(tree, node, flags, writers) : null;
            checked = true;
            return new Checked(node, look, writer);
        } finally {
            if (!checked) {
                drop(node, flags.reads());
            }
        }
    }

    private Opened opened(Identity who, Checked checked) throws ErrnoException {
        Node node = checked.node;
        try {
            requireFile(node, checked.look);
        } catch (ErrnoException e) {
            drop(checked);
            throw e;
        }
        OpenFile file = open(who, checked);
        Opened opened = Opened.handle(files.add(file));
        Cookie cookie = file.cookie();
        if (cookie != null && node.kernelPages().keepAtOpen(cookie.version(), cookie.coherency())) {
            opened.keepCache();
        }
        return opened;
    }

    private static void requireFile(Node node, Look look) throws ErrnoException {
        switch (look.attributes().type()) {
            case REGULAR -> {}
            case DIRECTORY -> throw new ErrnoException(Errno.EISDIR, node + " is a directory");
            case FIFO, CHARACTER_DEVICE, BLOCK_DEVICE, SYMLINK, SOCKET, UNKNOWN ->
                throw new ErrnoException(Errno.ENXIO, node + " is not a file");
        }
    }

    /** A file just made, open for writing; its node counts as open. */
    Opened created(Identity who, Node node, Look look, Writer writer) throws ErrnoException {
        return opened(who, new Checked(node, look, writer));
    }

    private OpenFile open(Identity who, Checked checked) {
        Node node = checked.node;
        Look look = checked.look;
        String reason = bypassReason(node, look);
        Cookie cookie = reason.equals(NOT_BYPASSED) ? acquire(node, look) : null;
        if (cookie == null && reason.equals(NOT_BYPASSED)) {
            reason = "cache";
        }
        ReadaheadWindow window = new ReadaheadWindow(
                core.services().geometry().blockBytes(), core.config().readahead());
        return new OpenFile(node, who, cookie, reason, window, data, checked.writer);
    }

    private @Nullable Cookie acquire(Node node, Look checked) {
        synchronized (node) {
            Look look = node.look();
            CoherencyData found = look == null ? checked.coherency() : look.coherency();
            boolean written = writers != null && writers.isWritten(node);
            Cookie shared = node.cookie();
            CoherencyData known = shared == null ? found : shared.coherency();
            boolean inSession = known.isWriting();
            try {
                Cookie cookie = core.services().volume().acquire(node.id(), inSession ? known : found);
                if (inSession) { // a foreign change cannot be told from ours
                    boolean outdated = look != null && look.isSuperseded(); // written to since
                    long size = outdated ? cookie.coherency().size() : found.size();
                    cookie.invalidate(written ? CoherencyData.writing(size) : found);
                }
                cookie.dropUnsettled();
                node.cookie(cookie);
                return cookie;
            } catch (CacheException e) {
                LOG.debug("{} is read without the cache: {}", node, e.getMessage());
                return null;
            }
        }
    }

    private String bypassReason(Node node, Look look) {
        long most = core.config().maxFileSize().orElse(Long.MAX_VALUE);
        if (look.attributes().size() > most) {
            return "max-file-size";
        }
        if (!NodeIds.isPersistent(node.id())) {
            return "cache";
        }
        return !exclusions.isEmpty() && exclusions.matches(core.nodes().pathOf(node)) ? "exclude" : NOT_BYPASSED;
    }

    private void undo(Opened opened) {
        release(opened.handle());
    }

    private void relinquish(OpenFile file) {
        discard(file.node(), file.writer());
        file.release();
    }

    private void end(@Nullable Writer writer) {
        if (writer != null && writers != null) {
            writer.closing();
            data.closeWriter(writer);
            writers.release(writer.writing().node());
        }
    }

    private void drop(Checked checked) {
        discard(checked.node, checked.writer);
    }

    /** A node that counts as open is not opened after all. */
    void discard(Node node, @Nullable Writer writer) {
        boolean reads = writer == null || writer.flags().reads();
        end(writer);
        drop(node, reads);
    }

    private void drop(Node node, boolean reads) {
        synchronized (node) {
            if ((reads ? node.dropReader() : node.dropOpen()) == 0) {
                node.cookie(null);
            }
        }
        core.nodes().unreferred(node);
    }
}
