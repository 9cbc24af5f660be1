package org.netcachefs.store.internal.data;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/** What is noted of slots without a lock: who holds them, which sectors are verified, how often they were read. Thread-safe. */
public final class SlotMarks {
    private final AtomicIntegerArray states;
    private final AtomicLongArray verified;
    private final AtomicLong holds = new AtomicLong();
    private volatile int tick;

    SlotMarks(int slots) {
        states = new AtomicIntegerArray(slots);
        verified = new AtomicLongArray(slots);
    }

    /** Keeps the slot from reuse; called while its publication is known to stand. */
    public void hold(int slot) {
        states.getAndAdd(slot, SlotState.HOLD_ONE);
    }

    public void release(int slot) {
        states.getAndAdd(slot, -SlotState.HOLD_ONE);
    }

    /** Counts holds that outlive a call, for statistics and for closing. */
    public void countHold(int change) {
        holds.addAndGet(change);
    }

    public long holds() {
        return holds.get();
    }

    /** Whether these sectors were checked since the cache was opened, and since what they hold is durable. */
    public boolean isVerified(int slot, long mask) {
        return (verified.get(slot) & mask) == mask;
    }

    public void setVerified(int slot, long mask) {
        verified.getAndUpdate(slot, bits -> bits | mask);
    }

    void clearVerified(int slot, long mask) {
        verified.getAndUpdate(slot, bits -> bits & ~mask);
    }

    /** Notes a read, once a tick; lossy. */
    public void read(int slot) {
        int state = states.get(slot);
        int now = tick;
        if (!SlotState.wasReadIn(state, now)) {
            states.compareAndSet(slot, state, SlotState.read(state, now));
        }
    }

    /** Taken or read within the last few ticks. */
    public boolean isRecent(int slot) {
        return SlotState.isRecent(states.get(slot), tick);
    }

    public void advanceTick() {
        tick = (tick + 1) & 0xff;
    }

    public void setReads(int slot, int reads) {
        states.getAndUpdate(slot, state -> SlotState.withReads(state, reads));
    }

    public void setPinned(int slot, boolean on) {
        set(slot, SlotState.PINNED, on);
    }

    void set(int slot, int flag, boolean on) {
        states.getAndUpdate(slot, state -> on ? state | flag : state & ~flag);
    }

    boolean has(int slot, int flag) {
        return (states.get(slot) & flag) != 0;
    }

    int kind(int slot) {
        return SlotState.kind(states.get(slot));
    }

    void setKind(int slot, int kind) {
        states.getAndUpdate(slot, state -> SlotState.withKind(state, kind));
    }

    void take(int slot, int kind) {
        int now = tick;
        states.getAndUpdate(slot, state -> SlotState.taken(state, kind, now));
    }

    boolean isHeld(int slot) {
        return SlotState.holds(states.get(slot)) > 0;
    }

    SlotView view(int slot, int takenSectors) {
        int state = states.get(slot);
        return new SlotView(
                takenSectors,
                SlotState.chances(state),
                SlotState.holds(state) > 0,
                (state & SlotState.PINNED) != 0,
                SlotState.kind(state) == SlotState.SPLIT);
    }

    /** Slots pinned (first) and held (second); looks at each. */
    public long[] pinnedAndHeld() {
        long pinned = 0;
        long held = 0;
        for (int slot = 0; slot < states.length(); slot++) {
            int state = states.get(slot);
            pinned += (state & SlotState.PINNED) != 0 ? 1 : 0;
            held += SlotState.holds(state) > 0 ? 1 : 0;
        }
        return new long[] {pinned, held};
    }
}
