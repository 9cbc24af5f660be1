package org.netcachefs.daemon.netfs;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.netcachefs.daemon.upstream.UpstreamCalls.Lane;
import org.netcachefs.daemon.upstream.UpstreamTree;
import org.netcachefs.daemon.upstream.UpstreamTree.DataHandle;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.store.ByteRange;
import org.netcachefs.store.Cookie;
import org.netcachefs.store.Extent;

/** Fetches file data from upstream, once for all who want it, answers them, then fills the cache. Thread-safe; nothing here waits. */
final class Fetcher {
    private static final int NO_BUFFER = -1;

    private final Core core;
    private final DataHandles data;
    private final Checks checks;
    private final InFlight inFlight = new InFlight();
    private final RequestShaper shaper;

    /** The cache did not take what was fetched last. */
    private volatile boolean refused;

    Fetcher(Core core, DataHandles data, Checks checks) {
        this.core = core;
        this.data = data;
        this.checks = checks;
        shaper = new RequestShaper(core.services().geometry());
    }

    /** {@code anew}: past what upstream's own client keeps of the content. */
    private record Job(OpenFile file, @Nullable Fill fill, Fetch fetch, Lane lane, boolean anew) {}

    /** What is needed to put what was fetched into the cache. */
    private record Fill(Cookie cookie, Cookie.FillTicket ticket, InFlight.Key key) {}

    /**
     * Calls {@code waiter} with bytes that cover {@code part}, fetching {@code range} (within one block) if nothing under way covers it.
     *
     * @param wasHole the cache did not have the part when asked
     * @return false if it has it meanwhile, and nothing will be called
     */
    boolean fetch(OpenFile file, ByteRange part, ByteRange range, boolean wasHole, Fetch.Waiter waiter) {
        Cookie cookie = file.cookie();
        if (cookie == null) {
            start(new Job(file, null, new Fetch(range, false, waiter), Lane.DATA, mustReadAnew(file.node())));
            return true;
        }
        while (true) {
            Job job = job(file, cookie, range, waiter);
            Fetch chosen = claim(job, part);
            if (chosen == job.fetch()) {
                return !(wasHole && isFilledMeanwhile(cookie, part, job)) && startNow(job);
            }
            if (chosen.join(waiter)) {
                return true;
            }
            forget(job, chosen);
        }
    }

    /** A fetch leaves {@link InFlight} after its bytes are in the cache: who finds it gone finds them there. */
    private boolean isFilledMeanwhile(Cookie cookie, ByteRange part, Job job) {
        Extent extent = cookie.nextExtent(part);
        if (extent.isHole() || !extent.range().contains(part) || !job.fetch().cancelIfAlone()) {
            return false;
        }
        forget(job, job.fetch());
        return true;
    }

    private boolean startNow(Job job) {
        start(job);
        return true;
    }

    /** Fetches what is not cached of a range nobody has asked for yet, as far as there are buffers to spare. */
    void ahead(OpenFile file, Cookie cookie, ByteRange range) {
        if (refused) {
            return;
        }
        long size = cookie.coherency().size();
        ByteRange rest = range.until(size); // it may have become shorter since the range was chosen
        while (!rest.isEmpty()) {
            Extent extent = cookie.nextExtent(rest);
            ByteRange run = rest.until(extent.range().end());
            if (extent.isHole()) {
                run = shaper.shapeUncached(run).get(0).range();
                run = inFlight.gap(key(cookie, run, cookie.fillGuard()), run);
                if (!run.isEmpty() && !fetchAhead(file, cookie, shaper.fetchFor(run, run, false, size))) {
                    return;
                }
            }
            rest = rest.from(run.end());
        }
    }

    /** Whether fetching more than is asked for is of use: not while the cache takes nothing. */
    boolean keepsWhatIsFetched() {
        return !refused;
    }

    private boolean fetchAhead(OpenFile file, Cookie cookie, ByteRange range) {
        BufferPool.Lease lease = core.services().buffers().leaseSpare((int) range.length());
        if (lease == null) {
            return false;
        }
        ByteRange first = range.first(1);
        Job job = job(file, cookie, range, null);
        if (claim(job, first) == job.fetch() && !isFilledMeanwhile(cookie, first, job) && file.retain()) {
            read(job, lease);
        } else {
            lease.close();
        }
        return true;
    }

    private Job job(OpenFile file, Cookie cookie, ByteRange range, Fetch.@Nullable Waiter leader) {
        Node node = file.node();
        Cookie.FillTicket ticket = beginFill(node, cookie);
        if (!ticket.settled()) {
            node.kernelPages().distrust();
        }
        InFlight.Key key = key(cookie, range, ticket.guard());
        Fetch fetch = new Fetch(range, ticket.settled(), leader);
        Lane lane = leader == null ? Lane.READAHEAD : Lane.DATA;
        return new Job(file, new Fill(cookie, ticket, key), fetch, lane, mustReadAnew(node));
    }

    private InFlight.Key key(Cookie cookie, ByteRange within, long guard) {
        return new InFlight.Key(cookie, core.services().geometry().blockOf(within.start()), guard);
    }

    /** Whether it is settled is judged by what upstream said of the content it is published for: not of an earlier one. */
    private Cookie.FillTicket beginFill(Node node, Cookie cookie) {
        long state;
        Cookie.FillTicket ticket;
        do {
            state = node.state();
            ticket = cookie.beginFill(isSettled(node) && !cookie.coherency().isWriting());
        } while (node.state() != state);
        return ticket;
    }

    private Fetch claim(Job job, ByteRange part) {
        Fill fill = job.fill();
        return fill == null ? job.fetch() : inFlight.claim(fill.key(), part, job.fetch());
    }

    private void forget(Job job, Fetch fetch) {
        Fill fill = job.fill();
        if (fill != null) {
            inFlight.remove(fill.key(), fetch);
        }
    }

    private boolean isSettled(Node node) {
        Look look = node.look();
        if (look == null) {
            return false;
        }
        NetClock clock = core.services().clock();
        long sinceFirstSeen = clock.monotonicNanos() - look.firstSeenNanos();
        return core.config().coherency() == Coherency.IMMUTABLE
                || core.skew().policy().isSettled(look.newestNanos(), clock.wallNanos(), sinceFirstSeen);
    }

    private boolean mustReadAnew(Node node) {
        Look look = node.look();
        long now = core.services().clock().wallNanos();
        return core.config().coherency() != Coherency.IMMUTABLE
                && (look == null || !core.skew().policy().isOld(look.newestNanos(), now));
    }

    private void start(Job job) {
        if (!job.file().retain()) {
            forget(job, job.fetch());
            job.fetch().fail(new ErrnoException(Errno.EBADF, "released"));
            return;
        }
        read(job, null);
    }

    private void read(Job job, BufferPool.@Nullable Lease lease) {
        BufferFill buffer = new BufferFill(core.services().buffers(), lease);
        core.services()
                .upstream()
                .run(job.lane(), job.file().who(), tree -> call(job, buffer, tree))
                .whenComplete((got, failure) -> {
                    if (failure == null && got == NO_BUFFER) {
                        core.services().buffers().lease(bytes(job), later -> read(job, later));
                    } else if (failure == null) {
                        arrived(job, buffer.lease(), got);
                    } else {
                        buffer.giveUp();
                        forget(job, job.fetch());
                        Failures.tell(() -> described(job), failure);
                        job.fetch().fail(failure);
                        job.file().release();
                    }
                });
    }

    private String described(Job job) {
        return "read of /" + core.nodes().pathOf(job.file().node()) + " at "
                + job.fetch().range();
    }

    private int call(Job job, BufferFill buffer, UpstreamTree tree) throws ErrnoException {
        boolean hasBuffer = buffer.begin(bytes(job));
        try {
            return hasBuffer ? fill(job, buffer, tree) : NO_BUFFER;
        } finally {
            buffer.end();
        }
    }

    private int fill(Job job, BufferFill buffer, UpstreamTree tree) throws ErrnoException {
        ByteRange range = job.fetch().range();
        try (HandleCache.Lease<DataHandle> lease = data.lease(tree, job.file())) {
            if (job.anew()) {
                tree.dropPages(lease.handle(), range.start(), range.length());
            }
            int got = buffer.read(tree, lease.handle(), range);
            if (job.anew() || (job.fill() != null && !refused)) {
                tree.dropPages(lease.handle(), range.start(), range.length());
            }
            return got;
        }
    }

    private static int bytes(Job job) {
        return (int) job.fetch().range().length();
    }

    /** Puts what was written upstream into the cache, if its version is still this one; meanwhile readers find it as a fetch that has arrived. */
    void written(OpenFile file, ByteRange range, long version, BufferPool.Lease bytes) {
        Cookie cookie = file.cookie();
        Cookie.FillTicket ticket = cookie == null ? null : cookie.beginFill(true);
        if (cookie == null || ticket == null || cookie.version() != version || !file.retain()) {
            bytes.close();
            return;
        }
        InFlight.Key key = key(cookie, range, ticket.guard());
        Job job = new Job(file, new Fill(cookie, ticket, key), new Fetch(range, true, null), Lane.WRITE, false);
        inFlight.add(key, job.fetch());
        delivered(job, bytes, (int) range.length());
    }

    private void arrived(Job job, BufferPool.Lease lease, int got) {
        count(job, got);
        delivered(job, lease, got);
    }

    private void delivered(Job job, BufferPool.Lease lease, int got) {
        Fetch fetch = job.fetch();
        fetch.arrive(lease, got);
        Fill fill = job.fill();
        if (fill != null && got == fetch.range().length()) {
            ByteBuffer bytes = lease.buffer().duplicate().clear().limit(got);
            refused = !fill.cookie().fill(fill.ticket(), fetch.range().start(), bytes, () -> finish(job));
        } else {
            finish(job);
        }
        if (fill != null
                && got < fetch.range().length()) { // what ends before the size we know is another state of the file
            checks.again(job.file().node(), job.file().who());
        }
    }

    private void finish(Job job) {
        forget(job, job.fetch());
        job.fetch().release();
        job.file().release();
    }

    private void count(Job job, int got) {
        Counters counters = core.counters();
        counters.upstreamBytes.add(got);
        if (job.lane() == Lane.READAHEAD) {
            counters.readaheadBytes.add(got);
        }
        if (job.fill() == null) {
            counters.bypassed(job.file().bypassReason(), got);
        }
    }
}
