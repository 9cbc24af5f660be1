package org.netcachefs.store.internal.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.netcachefs.store.ByteRange;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.CoherencyData;
import org.netcachefs.store.Cookie;
import org.netcachefs.store.Extent;
import org.netcachefs.store.internal.data.Native;
import org.netcachefs.store.internal.index.Batch;
import org.netcachefs.store.internal.index.BlockRow;
import org.netcachefs.store.internal.index.CookieRow;
import org.netcachefs.store.internal.index.Index;

/**
 * A cookie of the persistent store. Is in use until all who acquired it gave it up and its fills have ended, and stays open as long as it is one of
 * the latest that were ({@link OpenCookies}).
 */
final class OpenCookie implements Cookie {
    private final Engine engine;
    private final long node;
    private final CookieState state;
    private final CookieEdits edits;

    /** The id whose row is in the index, or whose blocks are; 0: none. */
    private volatile long recordedId;

    /** There may be something of this cookie in the index. */
    private volatile boolean touched;

    @GuardedBy("this")
    private int references;

    @GuardedBy("this")
    private int pendingFills;

    @GuardedBy("this")
    private boolean closed;

    OpenCookie(Engine engine, long node, CookieState state, boolean recorded) {
        this.engine = engine;
        this.node = node;
        this.state = state;
        recordedId = recorded ? state.id() : 0;
        touched = recorded;
        edits = new CookieEdits(engine, state);
    }

    CookieState state() {
        return state;
    }

    @Override
    public long node() {
        return node;
    }

    @Override
    public CoherencyData coherency() {
        return state.row().coherency();
    }

    @Override
    public long version() {
        return state.version();
    }

    @Override
    public long fillGuard() {
        return state.guard();
    }

    // ---- reading

    @Override
    public Extent nextExtent(ByteRange rest) {
        if (!engine.health.serves()) {
            return new Extent(rest, false);
        }
        try {
            for (Extent extent = state.extent(rest); ; extent = state.extent(rest)) {
                if (extent != null) {
                    return extent;
                }
                if (!engine.mapper.map(state, state.firstUnmapped(rest))) {
                    return new Extent(rest, false);
                }
            }
        } catch (CacheException e) {
            engine.failed(e);
            return new Extent(rest, false);
        }
    }

    @Override
    public boolean isMapped(ByteRange range) {
        return state.isMapped(range);
    }

    @Override
    public void whenMapped(ByteRange range, Runnable then) {
        if (state.isMapped(range) || !engine.health.serves()) {
            then.run();
        } else {
            engine.asyncReads.map(this, range, then);
        }
    }

    @Override
    public ReadOutcome tryRead(long offset, int length, ByteBuffer to) {
        if (!engine.health.serves()) {
            return ReadOutcome.FAILED;
        }
        if (to.remaining() < length) {
            throw new IllegalArgumentException("room for " + to.remaining() + " of " + length + " bytes");
        }
        if (!to.isDirect()) {
            return tryReadToHeap(offset, length, to);
        }
        long address = Native.address(to) + to.position();
        ReadOutcome outcome = engine.reader.read(this, offset, length, address, engine.scratch, false);
        if (outcome == ReadOutcome.DONE) {
            to.position(to.position() + length);
        }
        return outcome;
    }

    private ReadOutcome tryReadToHeap(long offset, int length, ByteBuffer to) {
        ByteBuffer direct = ByteBuffer.allocateDirect(length);
        ReadOutcome outcome = tryRead(offset, length, direct);
        if (outcome == ReadOutcome.DONE) {
            to.put(direct.flip());
        }
        return outcome;
    }

    @Override
    public boolean tryLend(long offset, int length, Borrower borrower) {
        boolean isDiskWell = engine.health.fills();
        return isDiskWell && engine.reader.lend(state, offset, length, borrower);
    }

    @Override
    public void read(long offset, int length, ReadDone done) {
        if (engine.health.serves()) {
            engine.asyncReads.read(this, offset, length, done);
        } else {
            done.failed(ReadOutcome.FAILED);
        }
    }

    @Override
    public @Nullable HeldRange hold(ByteRange range) {
        return engine.health.serves() ? Held.of(engine.disk, state, range) : null;
    }

    /** Sectors failed their checksum: they are holes now. */
    void damaged(Verifier.Run run) {
        engine.counters.checksumErrors.increment();
        edits.damaged(run);
    }

    // ---- filling

    @Override
    public FillTicket beginFill(boolean settled) {
        return new FillTicket(state.beginFill(settled), settled);
    }

    @Override
    public boolean fill(FillTicket ticket, long offset, ByteBuffer bytes, Runnable released) {
        engine.disk.geometry().requireSector(offset);
        ByteBuffer direct = bytes.isDirect() ? bytes.duplicate() : copied(bytes);
        if (endsAmidSector(offset + direct.remaining())) {
            released.run();
            return true;
        }
        touched = true;
        if (!keptOpen()) {
            released.run(); // begun under an open that ended
            return false;
        }
        Fill fill = new Fill(this, ticket, offset, direct, released);
        if (!engine.health.fills()) {
            engine.fills.drop(fill);
            return false;
        }
        boolean queued = engine.fills.offer(fill);
        if (queued) {
            engine.io.wake();
        }
        return queued;
    }

    /** Read of a content that ended elsewhere: behind the last byte there would be zeros. */
    private boolean endsAmidSector(long end) {
        return engine.disk.geometry().withinSector(end) != 0
                && end != coherency().size();
    }

    private static ByteBuffer copied(ByteBuffer bytes) {
        return ByteBuffer.allocateDirect(bytes.remaining())
                .put(bytes.duplicate())
                .flip();
    }

    /** Counts as a fill pending, until {@link #filled}; false if the cookie is closed. */
    private synchronized boolean keptOpen() {
        if (!closed) {
            leaveUnused();
            pendingFills++;
        }
        return !closed;
    }

    /** In the background after a truncate. */
    void trim() throws CacheException {
        long guard = state.guard();
        try {
            if (state.row().validEnd() != Long.MAX_VALUE) {
                clearPastEnd(guard);
            }
        } finally {
            filled();
        }
    }

    /** Before a fill past the valid end: what was there is gone for good. On an I/O thread. */
    void clearPastEnd(long guard) throws CacheException {
        edits.clearPastEnd(this, guard);
    }

    /** A fill of this cookie ended. */
    void filled() {
        synchronized (this) {
            pendingFills--;
        }
        restIfUnused();
    }

    /** Adds the cookie's row to the batch that publishes its first block under {@code id}. */
    void record(Batch batch, long id) {
        CookieRow row = state.row();
        if (recordedId != id && row.id() == id) {
            Index.putCookie(batch, node, row);
        }
    }

    void recorded(long id) {
        recordedId = id;
    }

    @Override
    public void dropUnsettled() {
        edits.dropUnsettled();
    }

    // ---- changing

    @Override
    public void invalidate(CoherencyData current) throws CacheException {
        renew(current);
    }

    /** All that is cached goes. What the file is may be changed meanwhile, by who writes it: that stays. */
    void drop() throws CacheException {
        renew(null);
    }

    private void renew(@Nullable CoherencyData current) throws CacheException {
        long stamp = engine.flushEpochs.stamp();
        long id = engine.newIdOrZero();
        engine.cookies.renewing(state, id);
        CookieRow old = state.renew(id, current, stamp);
        engine.cookies.renewed(old.id());
        if (touched || !engine.health.serves()) {
            engine.retire(node, old.id(), state.row());
            save(); // a fill may have recorded the new id before the old one's end took the row away
        }
    }

    @Override
    public void note(CoherencyData current) throws CacheException {
        state.note(current);
        save();
    }

    @Override
    public void grow(long size) {
        state.grow(size);
    }

    @Override
    public void truncate(long size) throws CacheException {
        state.limit(Math.min(size, state.row().validEnd()));
        if (touched && keptOpen()) {
            engine.trims.add(this);
            engine.culling.raise();
        }
        save();
    }

    @Override
    public void unpublish(ByteRange range) throws CacheException {
        try {
            edits.unpublish(range);
        } catch (CacheException e) {
            drop(); // what could not be unpublished must not be seen again
            throw e;
        }
    }

    @Override
    public boolean isPinned() {
        return state.row().pinned();
    }

    @Override
    public void pin(boolean on) throws CacheException {
        state.pin(on);
        touched = true;
        recordedId = state.id();
        save();
        edits.markPinned(on);
    }

    /** Writes the cookie's row, if it has one in the index. */
    void save() throws CacheException {
        CookieRow row = state.row();
        ReentrantLock lock = engine.rowLocks.lock(row.id());
        try {
            if (recordedId == row.id() && state.id() == row.id()) {
                Batch batch = new Batch();
                Index.putCookie(batch, node, state.row());
                engine.index.write(batch);
            }
        } finally {
            lock.unlock();
        }
    }

    /** What may be served of a row of this cookie. */
    BlockRow visible(long block, BlockRow row) {
        return engine.records.visible(row, state.unsettled(block));
    }

    // ---- opening and closing

    /** One more user; false if it is closed already. */
    synchronized boolean reference() {
        if (closed) {
            return false;
        }
        leaveUnused();
        references++;
        return true;
    }

    @Override
    public void relinquish() {
        synchronized (this) {
            references--;
        }
        restIfUnused();
    }

    @Override
    public void retire() throws CacheException {
        try {
            drop();
        } finally {
            relinquish();
        }
    }

    @GuardedBy("this")
    private void leaveUnused() {
        if (!isUsed()) {
            engine.cookies.notUnused(this);
        }
    }

    private void restIfUnused() {
        OpenCookie oldest;
        synchronized (this) {
            if (closed || isUsed()) {
                return;
            }
            oldest = engine.cookies.unused(this);
        }
        edits.dropUnsettled();
        if (oldest != null) {
            boolean ignored = oldest.closeIfUnused();
        }
    }

    /** Somebody acquired it, or it is being filled. */
    synchronized boolean isUsed() {
        return references > 0 || pendingFills > 0;
    }

    /** False if somebody uses it. */
    boolean closeIfUnused() {
        synchronized (this) {
            if (isUsed()) {
                return false;
            }
            closed = true;
            engine.cookies.notUnused(this);
        }
        engine.cookies.closed(node, this);
        state.close();
        return true;
    }
}
