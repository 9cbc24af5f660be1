package org.netcachefs.daemon.netfs;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * Which attributes of one node the kernel may use without asking: none, those of one {@link Look#state}, or of any. Thread-safe.
 *
 * <p>Who gives it some notes them here first, and then compares the node's look once more; who learns something new notes that in the node first,
 * and then looks here. So one of the two sees the other. Time does not count: an answer that the kernel takes late is valid from then on.
 */
final class HeldAttributes {
    private static final AtomicLongFieldUpdater<HeldAttributes> HELD =
            AtomicLongFieldUpdater.newUpdater(HeldAttributes.class, "held");
    private static final long NONE = 0;

    /** Of two answers on their way at once the kernel may drop the later one. */
    private static final long ANY = -1;

    private static final AtomicIntegerFieldUpdater<HeldAttributes> DROPPING =
            AtomicIntegerFieldUpdater.newUpdater(HeldAttributes.class, "dropping");

    private volatile long held;

    /** Who have found them to be dropped, and not told the kernel yet. */
    private volatile int dropping;

    /** Before they are given. */
    void give(Look look) {
        long before = held;
        if (before != look.state() && before != ANY) {
            HELD.accumulateAndGet(this, look.state(), (now, given) -> now == NONE || now == given ? given : ANY);
        }
    }

    /** Whether the kernel may hold any, which it is then to be told to drop: they count as dropped, until {@link #dropped} perhaps not yet by the kernel. */
    boolean dropAll() {
        return drop(held != NONE);
    }

    /** As {@link #dropAll}, if it may hold others than {@code now}. */
    boolean dropUnless(@Nullable Look now) {
        long before = held;
        boolean isRight = now != null && !now.isSuperseded() && before == now.state();
        return drop(before != NONE && !isRight);
    }

    /** Who finds nothing held while another is about to tell the kernel does not know whether that was told yet. */
    private boolean drop(boolean isHeld) {
        if (!isHeld && dropping == 0) {
            return false;
        }
        DROPPING.incrementAndGet(this);
        held = NONE;
        return true;
    }

    /** The kernel was told. */
    void dropped() {
        DROPPING.decrementAndGet(this);
    }
}
