package org.netcachefs.daemon.netfs;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.netcachefs.store.CoherencyData;
import org.netcachefs.store.Cookie;

/** One attempt at a {@link ReadOp}: its parts, each from cache or upstream, and what came of them. Thread-safe. */
final class ReadAttempt {
    private final ReadOp op;
    private final ReadPath path;
    private final OpenFile file;
    private final @Nullable Cookie cookie;
    private final long version;
    private final @Nullable CoherencyData coherency;

    @GuardedBy("this")
    private int pending;

    @GuardedBy("this")
    private int parts;

    @GuardedBy("this")
    private long end;

    @GuardedBy("this")
    private long hitBytes;

    @GuardedBy("this")
    private long missBytes;

    @GuardedBy("this")
    private boolean usedUpstream;

    @GuardedBy("this")
    private boolean unsettled;

    @GuardedBy("this")
    private @Nullable Throwable failure;

    ReadAttempt(ReadOp op, ReadPath path) {
        this.op = op;
        this.path = path;
        file = op.file();
        cookie = file.cookie();
        version = cookie == null ? 0 : cookie.version();
        coherency = cookie == null ? null : cookie.coherency();
        end = op.wanted().end();
    }

    /** What came of it: the bytes up to {@code end} are in the reply unless there is a {@code failure}; {@code isMixed}: perhaps of two versions. */
    record Result(
            long end,
            long hitBytes,
            long missBytes,
            boolean usedUpstream,
            boolean isMixed,
            @Nullable Throwable failure) {}

    void issue() {
        List<Subrequest> shaped = path.shape(file, op.wanted());
        synchronized (this) {
            parts = shaped.size();
            pending = parts + 1;
        }
        for (Subrequest part : shaped) {
            if (cookie != null && part.source() == Source.CACHE) {
                readCache(part, cookie);
            } else {
                new UpstreamPart(part).fetch(true);
            }
        }
        partEnded();
    }

    private void readCache(Subrequest part, Cookie from) {
        int length = (int) part.range().length();
        Cookie.ReadOutcome outcome = op.tryRead(part.range(), from);
        switch (outcome) {
            case DONE -> hit(part, length);
            case WOULD_BLOCK -> from.read(part.range().start(), length, new CachePart(part));
            case HOLE, FAILED -> new UpstreamPart(part).fetch(false);
        }
    }

    private void hit(Subrequest part, int bytes) {
        synchronized (this) {
            hitBytes += bytes;
        }
        op.trace(part, bytes, 0);
        partEnded();
    }

    private void missed(Subrequest part, Fetch fetch, ByteBuffer bytes) {
        int skip = (int) (part.range().start() - fetch.range().start());
        int got = (int) Math.max(0, Math.min(part.range().length(), bytes.limit() - skip));
        if (got > 0) {
            op.copy(part.range(), bytes.slice(skip, got));
        }
        synchronized (this) {
            usedUpstream = true;
            unsettled |= !fetch.isSettled();
            missBytes += got;
            if (got < part.range().length()) {
                end = Math.min(end, part.range().start() + got);
            }
        }
        op.trace(part, got, 0);
        partEnded();
    }

    private void partFailed(Subrequest part, Throwable cause) {
        synchronized (this) {
            usedUpstream = true;
            failure = cause;
        }
        op.trace(part, 0, Failures.errno(cause).number());
        partEnded();
    }

    private void partEnded() {
        Result result;
        synchronized (this) {
            if (--pending > 0) {
                return;
            }
            boolean mixed = failure == null && parts > 1 && cookie != null && cookie.version() != version;
            result = new Result(end, hitBytes, missBytes, usedUpstream, mixed, failure);
        }
        op.ended(this, result);
    }

    /** What is in the reply now gets to the kernel. */
    void noteHanded() {
        boolean trusted;
        synchronized (this) {
            trusted = coherency != null && !unsettled;
        }
        KernelPages pages = file.node().kernelPages();
        if (coherency != null) {
            pages.handed(version, coherency);
        }
        if (!trusted) {
            pages.distrust();
        }
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
            op.copy(part.range(), bytes);
            release.run();
            hit(part, length);
        }

        @Override
        public void failed(Cookie.ReadOutcome outcome) {
            new UpstreamPart(part).fetch(false);
        }
    }

    /** A part from upstream, in pieces of one block. Who joined a fetch that failed tries once more. */
    private final class UpstreamPart implements Fetch.Waiter {
        private final Subrequest part;
        private volatile boolean lastTry;

        UpstreamPart(Subrequest part) {
            this.part = new Subrequest(part.index(), Source.UPSTREAM, part.range());
        }

        void fetch(boolean wasHole) {
            List<Subrequest> blocks = path.blocksOf(part.range());
            if (blocks.size() == 1) {
                fetchOnce(wasHole);
                return;
            }
            synchronized (ReadAttempt.this) {
                pending += blocks.size() - 1;
                parts += blocks.size() - 1;
            }
            for (Subrequest block : blocks) {
                new UpstreamPart(block).fetchOnce(wasHole);
            }
        }

        private void fetchOnce(boolean wasHole) {
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
