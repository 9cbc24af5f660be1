package org.netcachefs.daemon.netfs;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.netcachefs.daemon.upstream.UpstreamCalls;
import org.netcachefs.daemon.upstream.UpstreamCalls.Body;
import org.netcachefs.daemon.upstream.UpstreamCalls.Lane;
import org.netcachefs.daemon.upstream.UpstreamStatus;
import org.netcachefs.daemon.upstream.UpstreamTree;
import org.netcachefs.daemon.upstream.UpstreamTree.DataHandle;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.store.ByteRange;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.CoherencyData;
import org.netcachefs.store.Cookie;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One file being written: its write lock, and its session, which lasts from a write until a check at a close finds the file as we
 * left it. See docs/design/0005. What sends, gathers, or begins and ends the session belongs to the turn under way: {@link #write}, {@link #copy}, {@link #change}, {@link #check},
 * {@link #failed}, {@link #landed}. Everything else may be called at any time.
 */
final class Writing {
    private static final Logger LOG = LoggerFactory.getLogger(Writing.class);

    private final Core core;
    private final Looks looks;
    private final Node node;
    private final Gathering gathering;
    private final Turns turns = new Turns();

    /** Written since the last check. Set by the turn under way, before the write is acknowledged. */
    private volatile boolean inSession;

    /** That the file has no security.capability, which the kernel asks before each write: no write of ours gives it one. */
    private volatile @Nullable Uncapable uncapable;

    /** Taken from upstream's answer to a change of attributes: no reason to ask again as long as it is the node's. */
    private volatile @Nullable Look seen;

    /** What the file was opened by for writing last, as long as it is open. */
    private volatile @Nullable DataHandle handle;

    /** Open handles that a mapping can be written by. */
    private final AtomicInteger mappable = new AtomicInteger();

    Writing(Core core, Looks looks, Node node, Gathering.Taker taker) {
        this.core = core;
        this.looks = looks;
        this.node = node;
        gathering = new Gathering(
                core.services().geometry(),
                core.services().buffers(),
                taker,
                bytes -> core.counters().bypassed("no-buffer", bytes));
    }

    /** {@code reads}: opened for reading too, without which nobody can map it to write. */
    void opened(DataHandle now, boolean reads) {
        handle = now;
        if (reads) {
            mappable.incrementAndGet();
        }
    }

    /** To be called before {@code former} is closed. */
    void closing(DataHandle former, boolean reads) {
        if (handle == former) {
            handle = null;
        }
        if (reads) {
            mappable.decrementAndGet();
        }
    }

    /** Whether somebody may have changed the file through a mapping which is not written yet. */
    boolean mayBeMapped() {
        return mappable.get() > 0;
    }

    /** A descriptor of the file, which may be closed any moment; null if there is none. */
    @Nullable
    DataHandle handle() {
        return handle;
    }

    /** Whether anything acknowledged was written since the last check. */
    boolean isInSession() {
        return inSession;
    }

    private record Uncapable(Xattr answer, long askedNanos) {}

    /** Upstream's answer as long as it is believed; null when it is to be asked. */
    @Nullable
    Xattr uncapable() {
        Uncapable known = uncapable;
        boolean isBelieved = known != null
                && core.config().coherency() != Coherency.STRICT
                && core.now() - known.askedNanos < core.config().times().minNanos(false);
        return known != null && isBelieved ? known.answer : null;
    }

    void uncapable(Xattr answer, long askedNanos) {
        uncapable = new Uncapable(answer, askedNanos);
    }

    /** Its extended attributes are changed. */
    void maybeCapable() {
        uncapable = null;
    }

    Node node() {
        return node;
    }

    /** Runs a call on upstream while no other of this file's runs; the next one waits until it has returned, however late. */
    <T> CompletionStage<T> turn(Lane lane, Body<T> body) {
        return turns.take(() -> core.services().upstream().run(lane, body));
    }

    /** As {@link #turn}; perhaps on the calling thread, before this returns: for what is answered when it returns, and then only. */
    <T> CompletionStage<T> turnHere(Lane lane, Body<T> body) {
        UpstreamCalls upstream = core.services().upstream();
        return turns.take(here -> here ? upstream.runHere(lane, body) : upstream.run(lane, body));
    }

    /** Where what was written begins, and how much it is. */
    record Written(long offset, int length) {}

    /** {@code append}: to the end upstream has, else to {@code offset}. */
    Written write(UpstreamTree tree, OpenFile file, Writer to, boolean append, long offset, ByteBuffer bytes)
            throws ErrnoException {
        Cookie cookie = begin(file);
        to.wrote(true);
        if (cookie != null && !append) {
            gathering.expect(offset, cookie.coherency().size());
        }
        long version = cookie == null ? 0 : cookie.version();
        ByteBuffer gathered = bytes.duplicate();
        unpublish(cookie, new ByteRange(offset, bytes.remaining()));
        long at = sent(file, () -> {
            long start = write(tree, to.handle(), append, offset, bytes);
            node.kernelPages().writtenTo(start + bytes.position() - gathered.position());
            return start;
        });
        int length = bytes.position() - gathered.position();
        landed(cookie, new ByteRange(at, length));
        if (cookie != null) {
            gathered.limit(gathered.position() + length);
            gathering.add(file, version, at, gathered, cookie.coherency().size());
        }
        core.counters().writtenBytes.add(length);
        return new Written(at, length);
    }

    private static long write(UpstreamTree tree, DataHandle to, boolean append, long offset, ByteBuffer bytes)
            throws ErrnoException {
        if (append) {
            return tree.changes().append(to, bytes);
        }
        tree.changes().write(to, offset, bytes);
        return offset;
    }

    /** What upstream writes by itself, at most to all of {@code range}; answers how much of it. */
    long copy(OpenFile file, Writer to, ByteRange range, Sending copy) throws ErrnoException {
        Cookie cookie = begin(file);
        to.wrote(true);
        gathering.finish(cookie == null ? 0 : cookie.coherency().size());
        unpublish(cookie, range);
        long length = sent(file, () -> {
            long copied = copy.make();
            node.kernelPages().writtenTo(range.start() + copied);
            return copied;
        });
        landed(cookie, range.first(length));
        return length;
    }

    /** A call that changes the file; answers where, or how much. */
    interface Sending {
        long make() throws ErrnoException;
    }

    private long sent(OpenFile file, Sending call) throws ErrnoException {
        boolean done = false;
        try {
            long answer = call.make();
            done = true;
            return answer;
        } finally {
            looks.changed(node);
            if (!done) {
                failed(file);
            }
        }
    }

    /** A fill begun meanwhile may have read either. */
    private void landed(@Nullable Cookie cookie, ByteRange range) {
        unpublish(cookie, range);
        if (cookie != null && !range.isEmpty()) {
            synchronized (node) { // who opens it meanwhile must not take the size back
                cookie.grow(range.end());
            }
        }
    }

    /** What changes more than can be told (truncation, allocation): all that is cached goes, before and after. */
    Look change(UpstreamTree tree, boolean byHandle, Change change) throws ErrnoException {
        inSession |= byHandle;
        gathering.drop();
        long size = knownSize();
        invalidate(CoherencyData.writing(change.sizeMeanwhile(size)));
        boolean done = false;
        try {
            change.make(tree);
            done = true;
        } finally {
            looks.changed(node);
            if (!done) {
                invalidate(CoherencyData.writing(size));
            }
        }
        Look.Moment asked = looks.begin();
        UpstreamStatus status = change.status(tree);
        long left = status.attributes().size();
        invalidate(inSession ? CoherencyData.writing(left) : status.coherency());
        node.kernelPages().changedTo(left);
        return looks.note(node, status, asked, true);
    }

    /** A call that changes the file, and what upstream says of it afterwards. */
    interface Change {
        void make(UpstreamTree tree) throws ErrnoException;

        /** What readers take for the size until it has returned, {@code before} being what it was. */
        long sizeMeanwhile(long before);

        UpstreamStatus status(UpstreamTree tree) throws ErrnoException;
    }

    /** What a close does: errors of a network file system come now, and a file that is as we left it is cached from now on. */
    void check(UpstreamTree tree, OpenFile file, Writer writer) throws ErrnoException {
        boolean done = false;
        try {
            if (writer.wrote()) {
                writer.wrote(false);
                tree.changes().flush(writer.handle());
            }
            if (inSession) {
                compare(tree, file, writer.handle());
            }
            done = true;
        } finally {
            if (!done) {
                failed(file);
            }
        }
    }

    /** What upstream has had on its server since our last change of the file, which was one of its attributes. */
    void seen(Look look) {
        seen = look;
    }

    /** Not asked for what was seen, if nothing was written or learnt since. */
    private void compare(UpstreamTree tree, OpenFile file, DataHandle handle) throws ErrnoException {
        Look known = seen;
        seen = null;
        if (known != null && known.equals(node.look()) && known.moment().epoch() == core.epoch()) {
            end(file, known.coherency());
            return;
        }
        Look.Moment asked = looks.begin();
        UpstreamStatus status = tree.status(handle, true);
        Look look = looks.note(node, status, asked, true);
        end(file, look.moment().equals(asked) ? status.coherency() : null);
    }

    /** {@code found} is null when nobody knows what the file is now. */
    private void end(OpenFile file, @Nullable CoherencyData found) {
        Cookie cookie = file.cookie();
        inSession = false;
        if (cookie == null) {
            gathering.drop();
            return;
        }
        CoherencyData ours = cookie.coherency();
        gathering.finish(ours.size());
        try {
            if (found != null && ours.isWriting() && ours.size() == found.size()) {
                cookie.note(found);
                node.writtenByUs(true);
            } else if (found != null) {
                cookie.invalidate(found);
            } else {
                cookie.invalidate(CoherencyData.writing(ours.size()));
            }
        } catch (CacheException e) {
            LOG.debug("{}: {}", node, e.getMessage());
        }
    }

    /** A write, sync or close failed: nobody knows what upstream has. */
    void failed(OpenFile file) {
        seen = null;
        gathering.drop();
        Cookie cookie = file.cookie();
        if (cookie != null) {
            invalidate(CoherencyData.writing(cookie.coherency().size()));
        }
    }

    /** A change that was answered before has come back. In its turn. */
    void landed() {
        gathering.drop();
        distrust();
    }

    /** Nobody knows what upstream has. In no turn: one is taken by a change that does not come back. */
    void distrust() {
        looks.changed(node);
        synchronized (node) {
            Cookie cookie = node.cookie();
            if (cookie != null) {
                invalidate(CoherencyData.writing(cookie.coherency().size()));
            }
            node.kernelPages().distrust();
        }
    }

    private @Nullable Cookie begin(OpenFile file) {
        Cookie cookie = file.cookie();
        if (cookie != null && !cookie.coherency().isWriting()) {
            gathering.drop();
            invalidate(CoherencyData.writing(cookie.coherency().size()));
        }
        inSession = true;
        return cookie;
    }

    private void unpublish(@Nullable Cookie cookie, ByteRange range) {
        if (cookie == null || range.isEmpty()) {
            return;
        }
        try {
            cookie.unpublish(range);
        } catch (CacheException e) { // all of it is a hole then
            LOG.debug("{}: {}", node, e.getMessage());
        }
    }

    private long knownSize() {
        synchronized (node) {
            Cookie cookie = node.cookie();
            return cookie == null ? 0 : cookie.coherency().size();
        }
    }

    private void invalidate(CoherencyData current) {
        synchronized (node) {
            Cookie cookie = node.cookie();
            if (cookie == null) {
                return;
            }
            try {
                cookie.invalidate(current);
            } catch (CacheException e) {
                LOG.debug("{}: {}", node, e.getMessage());
            }
        }
    }
}
