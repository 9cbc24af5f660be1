package org.netcachefs.store.memory;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.netcachefs.store.ByteRange;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.CoherencyData;
import org.netcachefs.store.Cookie;
import org.netcachefs.store.Extent;
import org.netcachefs.store.Volume.CookieSummary;

/** The one handle on a file of a {@link MemoryCache}. There is no data file, so {@link #hold} and {@link #tryLend} have nothing to give out. */
final class MemoryCookie implements Cookie {
    private final Core core;
    private final Object lock;
    private final long node;

    @GuardedBy("lock")
    private final Content content;

    @GuardedBy("lock")
    private int opens;

    MemoryCookie(Core core, long node, CoherencyData coherency) {
        this.core = core;
        this.lock = core.lock;
        this.node = node;
        this.content = core.newContent(coherency);
    }

    @Override
    public long node() {
        return node;
    }

    @Override
    public CoherencyData coherency() {
        synchronized (lock) {
            return content.coherency();
        }
    }

    @Override
    public long version() {
        synchronized (lock) {
            return content.version();
        }
    }

    @Override
    public long fillGuard() {
        synchronized (lock) {
            return content.guard();
        }
    }

    @Override
    public Extent nextExtent(ByteRange rest) {
        synchronized (lock) {
            return content.nextExtent(rest);
        }
    }

    @Override
    public boolean isMapped(ByteRange range) {
        return true;
    }

    @Override
    public void whenMapped(ByteRange range, Runnable then) {
        then.run();
    }

    @Override
    public ReadOutcome tryRead(long offset, int length, ByteBuffer to) {
        ByteRange range = new ByteRange(offset, length);
        synchronized (lock) {
            if (core.isClosed() || !content.isCached(range)) {
                return ReadOutcome.HOLE;
            }
            content.copy(range, to);
            return ReadOutcome.DONE;
        }
    }

    @Override
    public boolean tryLend(long offset, int length, Borrower borrower) {
        return false;
    }

    @Override
    public void read(long offset, int length, ReadDone done) {
        core.executor.execute(() -> {
            ByteBuffer bytes = ByteBuffer.allocateDirect(length);
            ReadOutcome outcome = tryRead(offset, length, bytes);
            if (outcome == ReadOutcome.DONE) {
                done.ok(bytes.flip(), () -> {});
            } else {
                done.failed(outcome);
            }
        });
    }

    /** Always null: bytes in RAM have no place in a file. */
    @Override
    public @Nullable HeldRange hold(ByteRange range) {
        return null;
    }

    @Override
    public FillTicket beginFill(boolean settled) {
        synchronized (lock) {
            return new FillTicket(content.beginFill(settled), settled);
        }
    }

    @Override
    public boolean fill(FillTicket ticket, long offset, ByteBuffer bytes, Runnable released) {
        Content target;
        boolean endsAmidSector;
        synchronized (lock) {
            target = content;
            long end = offset + bytes.remaining();
            endsAmidSector = core.geometry.withinSector(end) != 0
                    && end != content.coherency().size();
        }
        if (endsAmidSector) {
            released.run();
            return true;
        }
        Fill fill = new Fill(target, ticket, offset, bytes, released);
        if (core.bypass) {
            fill.finish();
            return false;
        }
        return core.fills.add(fill);
    }

    @Override
    public void dropUnsettled() {
        synchronized (lock) {
            content.dropUnsettled();
        }
        core.changed();
    }

    @Override
    public void invalidate(CoherencyData current) throws CacheException {
        synchronized (lock) {
            core.checkOpen();
            content.invalidate(current);
        }
        core.changed();
    }

    @Override
    public void note(CoherencyData current) throws CacheException {
        synchronized (lock) {
            core.checkOpen();
            content.note(current);
        }
    }

    @Override
    public void grow(long size) {
        synchronized (lock) {
            content.grow(size);
        }
    }

    @Override
    public void truncate(long size) throws CacheException {
        synchronized (lock) {
            core.checkOpen();
            content.truncate(size);
        }
        core.changed();
    }

    @Override
    public void unpublish(ByteRange range) throws CacheException {
        synchronized (lock) {
            core.checkOpen();
            content.unpublish(range);
        }
        core.changed();
    }

    @Override
    public boolean isPinned() {
        synchronized (lock) {
            return content.isPinned();
        }
    }

    @Override
    public void pin(boolean on) throws CacheException {
        synchronized (lock) {
            core.checkOpen();
            content.pin(on);
            lock.notifyAll();
        }
    }

    @Override
    public void relinquish() {
        synchronized (lock) {
            endAcquire();
        }
        core.changed();
    }

    @Override
    public void retire() throws CacheException {
        synchronized (lock) {
            endAcquire();
            content.dropAll();
        }
        core.changed();
    }

    /** For an open that found {@code current} upstream. */
    void acquire(CoherencyData current) {
        synchronized (lock) {
            if (!content.coherency().equals(current)) {
                content.invalidate(current);
            }
            if (opens++ == 0) {
                core.cookieOpened();
            }
        }
    }

    @GuardedBy("lock")
    private void endAcquire() {
        if (opens == 0) {
            throw new IllegalStateException("node " + node + " was given back more often than acquired");
        }
        if (--opens == 0) {
            content.dropUnsettled();
            core.cookieClosed();
        }
    }

    /** Drops what is cached; returns how many slots that freed. */
    int flush() {
        synchronized (lock) {
            return content.dropAll();
        }
    }

    CookieSummary summary() {
        synchronized (lock) {
            return new CookieSummary(content.coherency(), content.cachedBytes(), content.isPinned());
        }
    }

    /** Whether nobody would miss it: not open, and no pin that keeps anything. */
    boolean isExpendable() {
        synchronized (lock) {
            return opens == 0 && (!content.isPinned() || content.isEmpty());
        }
    }
}
