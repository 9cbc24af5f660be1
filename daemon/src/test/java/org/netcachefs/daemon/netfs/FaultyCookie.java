package org.netcachefs.daemon.netfs;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.netcachefs.store.ByteRange;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.CoherencyData;
import org.netcachefs.store.Cookie;
import org.netcachefs.store.Extent;

/** A cookie whose content is not in memory, or gone when it is read, as {@link Switches} say. One a cookie, as they compare by identity. */
final class FaultyCookie implements Cookie {
    private final Cookie cookie;
    private final Switches switches;

    private FaultyCookie(Cookie cookie, Switches switches) {
        this.cookie = cookie;
        this.switches = switches;
    }

    /** What goes wrong with the cookies of a volume. */
    static final class Switches {
        private final Map<Cookie, FaultyCookie> cookies = new ConcurrentHashMap<>();

        /** What is cached is not in memory, and its disk has lost it when it is asked. */
        volatile boolean losesWhatItReads;

        /** What is cached is not in memory, and its disk is waited for until these run. */
        volatile boolean holdsReads;

        final Queue<Runnable> held = new ConcurrentLinkedQueue<>();
        final AtomicInteger relinquished = new AtomicInteger();

        /** What is held of a range; the cache in memory has no file to hold places of. */
        volatile Function<ByteRange, @Nullable HeldRange> holds = range -> null;

        /** Lends a range; the cache in memory has none mapped. */
        volatile BiPredicate<ByteRange, Borrower> lends = (range, borrower) -> false;

        /** Runs once, just before a fill begins. */
        final AtomicReference<Runnable> beforeFill = new AtomicReference<>(() -> {});

        /** Invalidations wait for it. */
        final AtomicReference<CountDownLatch> beforeInvalidation = new AtomicReference<>(new CountDownLatch(0));

        Cookie of(Cookie cookie) {
            return cookies.computeIfAbsent(cookie, c -> new FaultyCookie(c, this));
        }
    }

    @Override
    public ReadOutcome tryRead(long offset, int length, ByteBuffer to) {
        return switches.losesWhatItReads || switches.holdsReads
                ? ReadOutcome.WOULD_BLOCK
                : cookie.tryRead(offset, length, to);
    }

    @Override
    public boolean tryLend(long offset, int length, Borrower borrower) {
        return switches.lends.test(new ByteRange(offset, length), borrower);
    }

    @Override
    public void read(long offset, int length, ReadDone done) {
        if (switches.losesWhatItReads) {
            done.failed(ReadOutcome.HOLE);
        } else if (switches.holdsReads) {
            switches.held.add(() -> cookie.read(offset, length, done));
        } else {
            cookie.read(offset, length, done);
        }
    }

    @Override
    public long node() {
        return cookie.node();
    }

    @Override
    public CoherencyData coherency() {
        return cookie.coherency();
    }

    @Override
    public long version() {
        return cookie.version();
    }

    @Override
    public long fillGuard() {
        return cookie.fillGuard();
    }

    @Override
    public Extent nextExtent(ByteRange rest) {
        return cookie.nextExtent(rest);
    }

    @Override
    public boolean isMapped(ByteRange range) {
        return cookie.isMapped(range);
    }

    @Override
    public void whenMapped(ByteRange range, Runnable then) {
        cookie.whenMapped(range, then);
    }

    @Override
    public @Nullable HeldRange hold(ByteRange range) {
        return switches.holds.apply(range);
    }

    @Override
    public FillTicket beginFill(boolean settled) {
        switches.beforeFill.getAndSet(() -> {}).run();
        return cookie.beginFill(settled);
    }

    @Override
    public boolean fill(FillTicket ticket, long offset, ByteBuffer bytes, Runnable released) {
        return cookie.fill(ticket, offset, bytes, released);
    }

    @Override
    public void dropUnsettled() {
        cookie.dropUnsettled();
    }

    @Override
    public void invalidate(CoherencyData current) throws CacheException {
        try {
            switches.beforeInvalidation.get().await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        cookie.invalidate(current);
    }

    @Override
    public void note(CoherencyData current) throws CacheException {
        cookie.note(current);
    }

    @Override
    public void grow(long size) {
        cookie.grow(size);
    }

    @Override
    public void truncate(long size) throws CacheException {
        cookie.truncate(size);
    }

    @Override
    public void unpublish(ByteRange range) throws CacheException {
        cookie.unpublish(range);
    }

    @Override
    public boolean isPinned() {
        return cookie.isPinned();
    }

    @Override
    public void pin(boolean on) throws CacheException {
        cookie.pin(on);
    }

    @Override
    public void relinquish() {
        switches.relinquished.incrementAndGet();
        cookie.relinquish();
    }

    @Override
    public void retire() throws CacheException {
        cookie.retire();
    }
}
