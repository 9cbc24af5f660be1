package org.netcachefs.daemon.netfs;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.netcachefs.daemon.upstream.UpstreamCalls.Circuit;
import org.netcachefs.fuse.ReadReply;
import org.netcachefs.fuse.Segment;
import org.netcachefs.store.ByteRange;
import org.netcachefs.store.CoherencyData;
import org.netcachefs.store.Cookie;
import org.netcachefs.store.Cookie.HeldRange;

/**
 * Answers reads of what the cache has in memory: large ones with regions of the data file, which the transport need not copy, small ones
 * with bytes. Thread-safe; waits for nothing.
 */
final class Hits {
    /** Below it, holding and asking the kernel what is in memory cost more than the copy. */
    private static final int LEAST_BY_REGION = 32 << 10;

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
        long version = cookie.version();
        CoherencyData coherency = cookie.coherency();
        HeldRange held = length < LEAST_BY_REGION ? null : heldInMemory(cookie, new ByteRange(offset, length));
        if (held == null && !copied(cookie, offset, length, reply)) {
            return false;
        }
        if (cookie.version() != version) {
            if (held != null) {
                held.close();
            }
            return false;
        }
        file.node().kernelPages().handed(version, coherency);
        count(offset, length);
        if (held == null) {
            reply.filled(length);
        } else {
            reply.segments(segments(held), held::close, errno -> {
                core.counters().hitRequests.decrement();
                core.counters().hitBytes.add(-length);
                otherwise.answer(file, new ByteRange(offset, length), reply);
            });
        }
        return true;
    }

    private static @Nullable HeldRange heldInMemory(Cookie cookie, ByteRange wanted) {
        HeldRange held = cookie.hold(wanted);
        if (held != null && !held.isInMemory()) {
            held.close();
            return null;
        }
        return held;
    }

    private static boolean copied(Cookie cookie, long offset, int length, ReadReply reply) {
        ByteBuffer to = reply.buffer();
        to.clear().limit(length);
        return cookie.tryRead(offset, length, to) == Cookie.ReadOutcome.DONE;
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
