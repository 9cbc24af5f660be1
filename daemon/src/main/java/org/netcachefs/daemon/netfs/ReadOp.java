package org.netcachefs.daemon.netfs;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ReadReply;
import org.netcachefs.store.ByteRange;
import org.netcachefs.store.CoherencyData;
import org.netcachefs.store.Cookie;

/**
 * One read that the cache could not answer at once: its parts, and the answer made of them. Thread-safe.
 *
 * <p>The reply's buffer is written under this object's lock and only while the request is unanswered, since the kernel
 * may give up on it at any time. Old and new content are not mixed: if the content changed meanwhile, it is read once more.
 */
final class ReadOp {
    private final ReadPath path;
    private final OpenFile file;
    private final ByteRange wanted;
    private final ReadReply reply;
    private final long number;

    @GuardedBy("this")
    private boolean answered;

    @GuardedBy("this")
    private int pending;

    @GuardedBy("this")
    private long version;

    @GuardedBy("this")
    private @Nullable CoherencyData coherency;

    @GuardedBy("this")
    private boolean unsettled;

    @GuardedBy("this")
    private long end;

    @GuardedBy("this")
    private long hitBytes;

    @GuardedBy("this")
    private long missBytes;

    @GuardedBy("this")
    private boolean usedUpstream;

    @GuardedBy("this")
    private boolean redone;

    @GuardedBy("this")
    private int parts;

    @GuardedBy("this")
    private @Nullable Throwable failure;

    ReadOp(ReadPath path, OpenFile file, ByteRange wanted, ReadReply reply, long number) {
        this.path = path;
        this.file = file;
        this.wanted = wanted;
        this.reply = reply;
        this.number = number;
    }

    void start() {
        reply.onInterrupt(this::interrupted);
        issue();
    }

    private void issue() {
        Cookie cookie = file.cookie();
        synchronized (this) {
            version = cookie == null ? 0 : cookie.version();
            coherency = cookie == null ? null : cookie.coherency();
        }
        List<Subrequest> shaped = path.shape(file, wanted);
        begin(shaped.size());
        for (Subrequest part : shaped) {
            if (cookie != null && part.source() == Source.CACHE) {
                readCache(part, cookie);
            } else {
                new UpstreamPart(part).fetch(true);
            }
        }
        partDone();
    }

    private synchronized void begin(int count) {
        pending = count + 1;
        parts = count;
        end = wanted.end();
        hitBytes = 0;
        missBytes = 0;
    }

    private void readCache(Subrequest part, Cookie cookie) {
        int length = (int) part.range().length();
        Cookie.ReadOutcome outcome = tryRead(part, cookie);
        switch (outcome) {
            case DONE -> hit(part, length);
            case WOULD_BLOCK -> cookie.read(part.range().start(), length, new CachePart(part));
            case HOLE, FAILED -> new UpstreamPart(part).fetch(false);
        }
    }

    private synchronized Cookie.ReadOutcome tryRead(Subrequest part, Cookie cookie) {
        if (answered) {
            return Cookie.ReadOutcome.DONE;
        }
        return cookie.tryRead(part.range().start(), (int) part.range().length(), target(part));
    }

    @GuardedBy("this")
    private ByteBuffer target(Subrequest part) {
        int from = (int) (part.range().start() - wanted.start());
        return reply.buffer()
                .duplicate()
                .clear()
                .position(from)
                .limit(from + (int) part.range().length());
    }

    private void hit(Subrequest part, int bytes) {
        synchronized (this) {
            hitBytes += bytes;
        }
        trace(part, bytes, 0);
        partDone();
    }

    private synchronized void copy(Subrequest part, ByteBuffer from) {
        if (!answered) {
            target(part).put(from);
        }
    }

    private void missed(Subrequest part, Fetch fetch, ByteBuffer bytes) {
        int skip = (int) (part.range().start() - fetch.range().start());
        int got = (int) Math.max(0, Math.min(part.range().length(), bytes.limit() - skip));
        if (got > 0) {
            copy(part, bytes.slice(skip, got));
        }
        synchronized (this) {
            usedUpstream = true;
            unsettled |= !fetch.isSettled();
            missBytes += got;
            if (got < part.range().length()) {
                end = Math.min(end, part.range().start() + got);
            }
        }
        trace(part, got, 0);
        partDone();
    }

    private void partFailed(Subrequest part, Throwable cause) {
        synchronized (this) {
            usedUpstream = true;
            failure = cause;
        }
        trace(part, 0, Failures.errno(cause).number());
        partDone();
    }

    private void partDone() {
        boolean again;
        synchronized (this) {
            if (--pending > 0) {
                return;
            }
            again = mustRedo();
            redone |= again;
        }
        if (again) {
            issue();
        } else {
            finish();
        }
    }

    @GuardedBy("this")
    private boolean mustRedo() {
        Cookie cookie = file.cookie();
        return !redone && !answered && failure == null && parts > 1 && cookie != null && cookie.version() != version;
    }

    private void finish() {
        Throwable cause;
        int length;
        synchronized (this) {
            if (answered) {
                return;
            }
            answered = true;
            cause = failure;
            length = (int) (end - wanted.start());
            if (cause == null) {
                noteHanded();
                path.count(usedUpstream, hitBytes, missBytes);
            } else {
                path.countFailed();
            }
        }
        if (cause == null) {
            reply.filled(length);
        } else {
            reply.error(Failures.errno(cause));
        }
    }

    @GuardedBy("this")
    private void noteHanded() {
        if (coherency != null) {
            file.node().kernelPages().handed(version, coherency);
        }
        if (unsettled || coherency == null) {
            file.node().kernelPages().distrust();
        }
    }

    private void interrupted() {
        synchronized (this) {
            if (answered) {
                return;
            }
            answered = true;
            path.countFailed();
        }
        reply.error(Errno.EINTR);
    }

    private void trace(Subrequest part, int bytes, int errno) {
        RequestTrace.ended(number, part, bytes, errno);
    }

    /** A part the cache reads from its disk. */
    private final class CachePart implements Cookie.ReadDone {
        private final Subrequest part;

        CachePart(Subrequest part) {
            this.part = part;
        }

        @Override
        public void ok(ByteBuffer bytes, Runnable release) {
            int length = bytes.remaining();
            copy(part, bytes);
            release.run();
            hit(part, length);
        }

        @Override
        public void failed(Cookie.ReadOutcome outcome) {
            new UpstreamPart(part).fetch(false);
        }
    }

    /** A part from upstream. Who joined a fetch that failed tries once more. */
    private final class UpstreamPart implements Fetch.Waiter {
        private final Subrequest part;
        private volatile boolean lastTry = true;

        UpstreamPart(Subrequest part) {
            this.part = new Subrequest(part.index(), Source.UPSTREAM, part.range());
        }

        void fetch(boolean wasHole) {
            List<Subrequest> blocks = path.blocksOf(part.range());
            if (blocks.size() == 1) {
                lastTry = false;
                fetchOnce(wasHole);
                return;
            }
            synchronized (ReadOp.this) {
                pending += blocks.size() - 1;
                parts += blocks.size() - 1;
            }
            for (Subrequest block : blocks) {
                new UpstreamPart(block).fetch(wasHole);
            }
        }

        private void fetchOnce(boolean wasHole) {
            Cookie cookie = file.cookie();
            if (!path.fetch(file, part.range(), wasHole, this) && cookie != null) {
                readCache(new Subrequest(part.index(), Source.CACHE, part.range()), cookie);
            }
        }

        @Override
        public void arrived(Fetch fetch, ByteBuffer bytes) {
            missed(part, fetch, bytes);
        }

        @Override
        public void failed(Throwable cause, boolean joined) {
            if (joined && !lastTry) {
                lastTry = true;
                fetchOnce(false);
            } else {
                partFailed(part, cause);
            }
        }
    }
}
