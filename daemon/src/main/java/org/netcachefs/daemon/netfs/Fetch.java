package org.netcachefs.daemon.netfs;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.netcachefs.store.ByteRange;

/**
 * One read from upstream into a pool buffer, and those who wait for it. From its end until the cache has taken the bytes, latecomers are
 * served from the buffer. Thread-safe.
 */
final class Fetch {
    private final boolean settled;
    private final @Nullable Waiter leader;

    /** Fixed before it is shared. */
    private ByteRange range;

    @GuardedBy("this")
    private final List<Waiter> waiting = new ArrayList<>(0);

    @GuardedBy("this")
    private State state = State.PENDING;

    @GuardedBy("this")
    private int users;

    @GuardedBy("this")
    private BufferPool.@Nullable Lease lease;

    @GuardedBy("this")
    private int got;

    /** {@code leader}: whom it is made for, null if nobody waits yet. */
    Fetch(ByteRange range, boolean settled, @Nullable Waiter leader) {
        this.range = range;
        this.settled = settled;
        this.leader = leader;
    }

    private enum State {
        PENDING,
        ARRIVED,
        GONE
    }

    /** Who wants a part of what is fetched. Called once, without a lock held; must not block. */
    interface Waiter {
        /**
         * {@code bytes} begin at the fetched range's start, and are to be used during the call only. Fewer than the range's length mean that the file ends there.
         */
        void arrived(Fetch fetch, ByteBuffer bytes);

        /** {@code joined}: the fetch was begun for somebody else. */
        void failed(Throwable failure, boolean joined);
    }

    ByteRange range() {
        return range;
    }

    /** Leaves out what lies at or past {@code end}. Before it is shared. */
    void endBefore(long end) {
        range = range.until(end);
    }

    boolean isSettled() {
        return settled;
    }

    /** Waits with the leader. False when it is too late: nothing is called then. */
    boolean join(Waiter waiter) {
        BufferPool.Lease bytes;
        synchronized (this) {
            if (state == State.PENDING) {
                waiting.add(waiter);
                return true;
            }
            if (state == State.GONE || lease == null) {
                return false;
            }
            users++;
            bytes = lease;
        }
        waiter.arrived(this, view(bytes));
        release();
        return true;
    }

    /** Ends it before it began, unless somebody else already waits for it. */
    synchronized boolean cancelIfAlone() {
        if (state != State.PENDING || !waiting.isEmpty()) {
            return false;
        }
        state = State.GONE;
        return true;
    }

    /** The bytes are there: serves all who wait. The caller is a user until it calls {@link #release}. */
    void arrive(BufferPool.Lease filled, int bytes) {
        List<Waiter> served;
        synchronized (this) {
            state = State.ARRIVED;
            lease = filled;
            got = bytes;
            users = 1;
            served = List.copyOf(waiting);
            waiting.clear();
        }
        if (leader != null) {
            leader.arrived(this, view(filled));
        }
        for (Waiter waiter : served) {
            waiter.arrived(this, view(filled));
        }
    }

    void fail(Throwable failure) {
        List<Waiter> told;
        synchronized (this) {
            state = State.GONE;
            told = List.copyOf(waiting);
            waiting.clear();
        }
        if (leader != null) {
            leader.failed(failure, false);
        }
        for (Waiter waiter : told) {
            waiter.failed(failure, true);
        }
    }

    /** Ends a use; the last one gives the buffer back. True when it was the last. */
    boolean release() {
        BufferPool.Lease unused;
        synchronized (this) {
            if (--users > 0) {
                return false;
            }
            state = State.GONE;
            unused = lease;
            lease = null;
        }
        if (unused != null) {
            unused.close();
        }
        return true;
    }

    /** A view of its own on the bytes that came. */
    private synchronized ByteBuffer view(BufferPool.Lease bytes) {
        return bytes.buffer().duplicate().clear().limit(got);
    }
}
