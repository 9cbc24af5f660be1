package org.netcachefs.daemon.netfs;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.netcachefs.daemon.upstream.UpstreamCalls.Circuit;
import org.netcachefs.fuse.ReadReply;
import org.netcachefs.fuse.ReceivingThread;
import org.netcachefs.fuse.Segment;
import org.netcachefs.store.ByteRange;
import org.netcachefs.store.CoherencyData;
import org.netcachefs.store.Cookie;
import org.netcachefs.store.Cookie.HeldRange;

/**
 * Answers reads of what the cache has in memory: large ones with regions of the data file, which the transport need not copy, small ones
 * from where it is mapped, or with copied bytes. Thread-safe; waits for nothing, but for a disk where that dropped what it had a second ago.
 */
final class Hits {
    /** From here on a splice costs less than copying, and asking the kernel what is in memory is a small part of it. */
    private static final int LEAST_BY_REGION = 32 << 10;

    private static final Cookie.ReadDone UNWANTED = new Cookie.ReadDone() {
        @Override
        public void ok(ByteBuffer bytes, Runnable release) {
            release.run();
        }

        @Override
        public void failed(Cookie.ReadOutcome outcome) {}
    };

    private final Core core;
    private final AtomicLong numbers;
    private final Otherwise otherwise;

    /** {@code numbers}: of the requests traced. */
    Hits(Core core, AtomicLong numbers, Otherwise otherwise) {
        this.core = core;
        this.numbers = numbers;
        this.otherwise = otherwise;
    }

    /** Answers what turned out not to be readable in the data file. */
    interface Otherwise {
        void answer(OpenFile file, ByteRange wanted, ReadReply reply);
    }

    /** Answers a read, false if that is still to be done. */
    boolean answer(OpenFile file, Cookie cookie, long offset, int length, ReadReply reply) {
        return new Hit(file, cookie, offset, length, reply).answer();
    }

    /** A read of content that is to be the same, of one version, when it is answered. */
    private final class Hit implements Cookie.Borrower {
        private final OpenFile file;
        private final Cookie cookie;
        private final long version;
        private final CoherencyData coherency;
        private final long offset;
        private final int length;
        private final ReadReply reply;

        Hit(OpenFile file, Cookie cookie, long offset, int length, ReadReply reply) {
            this.file = file;
            this.cookie = cookie;
            version = cookie.version();
            coherency = cookie.coherency();
            this.offset = offset;
            this.length = length;
            this.reply = reply;
        }

        boolean answer() {
            boolean isLarge = length >= LEAST_BY_REGION;
            return (isLarge ? giveRegions() : lend()) || copy();
        }

        /** Only where the thread is replaced if the disk holds it up. */
        private boolean lend() {
            return ReceivingThread.current() != null && cookie.tryLend(offset, length, this);
        }

        @Override
        public boolean use(long address) {
            boolean begins = begin();
            if (begins && !reply.lent(address, length)) {
                // Who asked is gone, or the disk cannot read it: the store finds that out.
                cookie.read(offset, length, UNWANTED);
            }
            return begins;
        }

        private boolean copy() {
            ByteBuffer to = reply.buffer();
            to.clear().limit(length);
            boolean isCopied = cookie.tryRead(offset, length, to) == Cookie.ReadOutcome.DONE && begin();
            if (isCopied) {
                reply.filled(length);
            }
            return isCopied;
        }

        private boolean giveRegions() {
            HeldRange held = heldInMemory(cookie, range());
            if (held == null) {
                return false;
            }
            if (!begin()) {
                held.close();
                return false;
            }
            reply.segments(segments(held), held::close, errno -> {
                core.counters().hitRequests.decrement();
                core.counters().hitBytes.add(-length);
                otherwise.answer(file, range(), reply);
            });
            return true;
        }

        /** Notes that it is about to be answered; false if the content has changed. */
        private boolean begin() {
            boolean isStillSo = cookie.version() == version;
            if (isStillSo) {
                file.node().kernelPages().handed(version, coherency);
                count(offset, length);
            }
            return isStillSo;
        }

        private ByteRange range() {
            return new ByteRange(offset, length);
        }
    }

    private static @Nullable HeldRange heldInMemory(Cookie cookie, ByteRange wanted) {
        HeldRange held = cookie.hold(wanted);
        if (held != null && !held.isInMemory()) {
            held.close();
            return null;
        }
        return held;
    }

    private static List<Segment> segments(HeldRange held) {
        return held.regions().stream()
                .map(region -> Segment.region(region.descriptor(), region.position(), region.length()))
                .toList();
    }

    private void count(long offset, int length) {
        if (RequestTrace.isOn()) {
            Subrequest all = new Subrequest(0, Source.CACHE, new ByteRange(offset, length));
            RequestTrace.ended(numbers.incrementAndGet(), all, length, 0);
        }
        core.counters().hitRequests.increment();
        core.counters().hitBytes.add(length);
        if (core.services().upstream().circuit() != Circuit.CLOSED) {
            core.counters().unchecked.increment();
        }
    }
}
