package org.netcachefs.daemon.netfs;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.netcachefs.daemon.upstream.UpstreamCalls.Circuit;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ReadReply;
import org.netcachefs.fuse.ReadRequest;
import org.netcachefs.store.ByteRange;
import org.netcachefs.store.Cookie;
import org.netcachefs.store.Extent;

/** Answers reads: at once when the cache has all of it in memory, else by a {@link ReadOp}. Thread-safe; nothing here waits. */
final class ReadPath {
    private final Core core;
    private final Opens opens;
    private final Checks checks;
    private final Fetcher fetcher;
    private final CircuitParking parking;
    private final RequestShaper shaper;
    private final AtomicLong numbers = new AtomicLong();
    private final Hits hits;

    ReadPath(Core core, Opens opens, Checks checks, Fetcher fetcher, CircuitParking parking) {
        this.core = core;
        this.opens = opens;
        this.checks = checks;
        this.fetcher = fetcher;
        this.parking = parking;
        shaper = new RequestShaper(core.services().geometry());
        hits = new Hits(core, numbers, this::later);
    }

    void read(ReadRequest request, ReadReply reply) {
        OpenFile file = opens.file(request.handle());
        if (file == null) {
            reply.error(Errno.EBADF);
        } else if (file.isLapsed()) {
            reply.error(Errno.EIO);
        } else if (file.cookie() == null) {
            later(file, new ByteRange(request.offset(), request.length()), reply);
        } else if (mustCheck(file.node())) {
            check(file, request, reply);
        } else {
            readCached(file, file.cookie(), request, reply);
        }
    }

    private boolean mustCheck(Node node) {
        return switch (core.config().coherency()) {
            case STRICT -> true;
            case IMMUTABLE -> false;
            case CLOSE_TO_OPEN, TTL -> isOfOldEpoch(node.look());
        };
    }

    /** What was checked before upstream went away is checked when it is back, but not while it is away. */
    private boolean isOfOldEpoch(@Nullable Look look) {
        return (look == null || look.moment().epoch() != core.epoch())
                && core.services().upstream().circuit() == Circuit.CLOSED;
    }

    private void check(OpenFile file, ReadRequest request, ReadReply reply) {
        CheckedRead checked = new CheckedRead(file, request, reply);
        boolean strict = core.config().coherency() == Coherency.STRICT;
        parking.park(checked);
        (strict ? checks.anew(file.node(), file.who()) : checks.again(file.node(), file.who()))
                .whenComplete((look, failure) -> {
                    parking.leave(checked);
                    if (failure != null && (strict || !Failures.isUnavailable(failure))) {
                        checked.error(Failures.errno(failure));
                    } else {
                        checked.goOn();
                    }
                });
    }

    private void readCached(OpenFile file, Cookie cookie, ReadRequest request, ReadReply reply) {
        long size = cookie.coherency().size();
        long offset = request.offset();
        int length = (int) Math.min(request.length(), Math.max(0, size - offset));
        if (length == 0) {
            core.counters().hitRequests.increment();
            reply.filled(0);
            return;
        }
        ByteRange ahead = file.window().advance(offset, length, size);
        if (!hits.answer(file, cookie, offset, length, reply)) {
            later(file, new ByteRange(offset, length), reply);
        }
        if (ahead != null && file.retain()) {
            cookie.whenMapped(ahead, () -> {
                fetcher.ahead(file, cookie, ahead);
                file.release();
            });
        }
    }

    private void later(OpenFile file, ByteRange wanted, ReadReply reply) {
        new ReadOp(this, file, wanted, reply, numbers.incrementAndGet()).start();
    }

    /** Runs {@code then} when {@link #shape} of this range needs no disk; at once if it needs none now. */
    void whenMapped(OpenFile file, ByteRange wanted, Runnable then) {
        Cookie cookie = file.cookie();
        if (cookie == null) {
            then.run();
        } else {
            cookie.whenMapped(wanted, then);
        }
    }

    List<Subrequest> shape(OpenFile file, ByteRange wanted) {
        Cookie cookie = file.cookie();
        return cookie == null ? shaper.shapeUncached(wanted) : shaper.shape(wanted, cookie::nextExtent);
    }

    List<Subrequest> blocksOf(ByteRange range) {
        return shaper.shapeUncached(range);
    }

    /** Has a part within one block fetched; false if it {@code wasHole} and is cached meanwhile. */
    boolean fetch(OpenFile file, ByteRange part, boolean wasHole, Fetch.Waiter waiter) {
        Cookie cookie = file.cookie();
        if (cookie == null) {
            return fetcher.fetch(file, part, part, wasHole, waiter);
        }
        boolean sequential = file.window().isSequential() && fetcher.keepsWhatIsFetched();
        ByteRange block = core.services().geometry().blocksAround(part).from(part.start());
        Extent extent = sequential ? cookie.nextExtent(block) : new Extent(part, false);
        ByteRange hole = extent.isHole() ? extent.range() : part;
        long size = Math.max(part.end(), cookie.coherency().size());
        return fetcher.fetch(file, part, shaper.fetchFor(part, hole, sequential, size), wasHole, waiter);
    }

    void count(boolean usedUpstream, long hitBytes, long missBytes) {
        Counters counters = core.counters();
        (usedUpstream ? counters.missRequests : counters.hitRequests).increment();
        counters.hitBytes.add(hitBytes);
        counters.missBytes.add(missBytes);
    }

    void countFailed() {
        core.counters().failedRequests.increment();
    }

    /** A read parked until its file was checked, or cannot be. */
    private final class CheckedRead implements CircuitParking.Parked {
        private final OpenFile file;
        private final ReadRequest request;
        private final ReadReply reply;
        private final AtomicBoolean decided = new AtomicBoolean();

        CheckedRead(OpenFile file, ReadRequest request, ReadReply reply) {
            this.file = file;
            this.request = request;
            this.reply = reply;
            reply.onInterrupt(() -> error(Errno.EINTR));
        }

        @Override
        public void answerUnchecked() {
            goOn();
        }

        void goOn() {
            Cookie cookie = file.cookie();
            if (decided.compareAndSet(false, true) && cookie != null) {
                readCached(file, cookie, request, reply);
            }
        }

        void error(Errno errno) {
            if (decided.compareAndSet(false, true)) {
                core.counters().failedRequests.increment();
                reply.error(errno);
            }
        }
    }
}
