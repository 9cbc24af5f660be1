package org.netcachefs.store.internal.data;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.netcachefs.store.BlockGeometry;
import org.netcachefs.store.Watermarks;

/**
 * Which sectors of the data file are taken. Places go from free to taken, to freed (unpublished, not to be reused before
 * {@link #settle}), to free. With its {@link SlotMarks} it needs 24 bytes a slot. Thread-safe; its lock is the innermost
 * of the store.
 */
public final class SlotTable {
    /** A fill may be cut into at most this many places. */
    private static final int MOST_PLACES = 4;

    private final int slots;
    private final Watermarks watermarks;
    private final SlotMarks marks;

    @GuardedBy("this")
    private final long[] taken;

    @GuardedBy("this")
    private final SlotLists lists;

    @GuardedBy("this")
    private List<Place> freed = new ArrayList<>();

    /** Sectors by slot that are taken, and may be published or not. */
    @GuardedBy("this")
    private final Map<Integer, Long> doubtful = new HashMap<>();

    @GuardedBy("this")
    private int freeSlots;

    @GuardedBy("this")
    private int splitSlots;

    @GuardedBy("this")
    private long publishedSectors;

    @GuardedBy("this")
    private long exhaustedSince;

    @GuardedBy("this")
    private long longestExhausted;

    /** All slots are free, but none is given out before {@link #open}. */
    public SlotTable(int slots, Watermarks watermarks) {
        this.slots = slots;
        this.watermarks = watermarks;
        marks = new SlotMarks(slots);
        taken = new long[slots];
        lists = new SlotLists(slots);
        freeSlots = slots;
    }

    public int slots() {
        return slots;
    }

    public SlotMarks marks() {
        return marks;
    }

    /** Free slots up to this number are not given out. */
    private int stopAt() {
        return (int) ((long) slots * watermarks.stop() / 100);
    }

    // ---- taking places

    /** A free slot for a whole block, or -1. */
    public synchronized int takeWhole() {
        int slot = takeFree(SlotState.WHOLE);
        if (slot >= 0) {
            taken[slot] = Place.WHOLE;
        }
        return slot;
    }

    @GuardedBy("this")
    private int takeFree(int kind) {
        int slot = freeSlots > stopAt() ? popFree() : SlotLists.NONE;
        if (slot == SlotLists.NONE) {
            if (exhaustedSince == 0) {
                exhaustedSince = Math.max(1, System.nanoTime());
            }
            return SlotLists.NONE;
        }
        noteRoom();
        freeSlots--;
        splitSlots += kind == SlotState.SPLIT ? 1 : 0;
        marks.take(slot, kind);
        marks.clearVerified(slot, Place.WHOLE);
        return slot;
    }

    @GuardedBy("this")
    private int popFree() {
        if (lists.isEmpty(SlotLists.FREE)) {
            relist();
        }
        return lists.pop(SlotLists.FREE);
    }

    /** Slots that became free while they were listed as split are still listed so: finds them. */
    @GuardedBy("this")
    private void relist() {
        for (int bucket = 1; bucket < SlotLists.FREE; bucket++) {
            List<Integer> found = new ArrayList<>();
            for (int slot = lists.pop(bucket); slot >= 0; slot = lists.pop(bucket)) {
                found.add(slot);
            }
            for (int slot : found) {
                marks.set(slot, SlotState.LISTED, false);
                list(slot);
            }
        }
    }

    /** Places for {@code sectors} (1..63) sectors, in few pieces; empty when there is no room. */
    public synchronized List<Place> takeSectors(int sectors) {
        List<Place> places = new ArrayList<>(1);
        int wanted = sectors;
        while (wanted > 0) {
            int slot = partial(wanted, places.size() < MOST_PLACES - 1);
            if (slot < 0) {
                places.forEach(place -> giveBack(place.slot(), place.mask()));
                return List.of();
            }
            Place place = takeFrom(slot, wanted);
            places.add(place);
            wanted -= place.sectors();
        }
        return places;
    }

    /** A split slot with {@code wanted} free sectors; else one with a good part of them; else a free slot. */
    @GuardedBy("this")
    private int partial(int wanted, boolean mayCut) {
        for (int bucket = wanted; bucket < SlotLists.FREE; bucket++) {
            int slot = popWith(bucket, wanted);
            if (slot >= 0) {
                return slot;
            }
        }
        int least = Math.max(1, (wanted + 7) / 8);
        for (int bucket = wanted - 1; mayCut && bucket >= least; bucket--) {
            int slot = popWith(bucket, least);
            if (slot >= 0) {
                return slot;
            }
        }
        return takeFree(SlotState.SPLIT);
    }

    @GuardedBy("this")
    private int popWith(int bucket, int wanted) {
        for (int slot = lists.pop(bucket); slot >= 0; slot = lists.pop(bucket)) {
            marks.set(slot, SlotState.LISTED, false);
            boolean split = marks.kind(slot) == SlotState.SPLIT && !marks.has(slot, SlotState.CULLING);
            if (split && freeSectors(slot) >= wanted) {
                return slot;
            }
            list(slot);
        }
        return SlotLists.NONE;
    }

    @GuardedBy("this")
    private int freeSectors(int slot) {
        return BlockGeometry.SECTORS - Long.bitCount(taken[slot]);
    }

    /** Puts a slot that is on no list where it belongs. */
    @GuardedBy("this")
    private void list(int slot) {
        int free = freeSectors(slot);
        if (free == 0 || marks.has(slot, SlotState.LISTED)) {
            return;
        }
        if (free == BlockGeometry.SECTORS) {
            lists.push(SlotLists.FREE, slot);
        } else if (!marks.has(slot, SlotState.CULLING)) {
            marks.set(slot, SlotState.LISTED, true);
            lists.push(free, slot);
        }
    }

    @GuardedBy("this")
    private Place takeFrom(int slot, int wanted) {
        long mask = Bits.freeRun(~taken[slot], wanted);
        taken[slot] |= mask;
        marks.clearVerified(slot, mask);
        list(slot);
        return new Place(slot, mask);
    }

    // ---- giving them back

    /** Sectors that were taken and never published are free again at once. */
    public synchronized void giveBack(int slot, long mask) {
        boolean wasUsed = taken[slot] != 0;
        taken[slot] &= ~mask;
        if (taken[slot] != 0) {
            becomeSplit(slot);
            list(slot);
        } else if (wasUsed) {
            becomeFree(slot);
            list(slot);
        }
    }

    @GuardedBy("this")
    private void becomeFree(int slot) {
        splitSlots -= marks.kind(slot) == SlotState.SPLIT ? 1 : 0;
        marks.setKind(slot, SlotState.FREE);
        marks.setPinned(slot, false);
        freeSlots++;
        if (freeSlots > stopAt()) {
            noteRoom();
        }
    }

    @GuardedBy("this")
    private void becomeSplit(int slot) {
        if (marks.kind(slot) == SlotState.WHOLE) {
            splitSlots++;
            marks.setKind(slot, SlotState.SPLIT);
        }
    }

    @GuardedBy("this")
    private void noteRoom() {
        if (exhaustedSince != 0) {
            longestExhausted = Math.max(longestExhausted, System.nanoTime() - exhaustedSince);
            exhaustedSince = 0;
        }
    }

    /** Sectors that were taken may have been published: they stay taken until {@link #decide} or {@link #unpublish}. */
    public synchronized void doubt(int slot, long mask) {
        doubtful.merge(slot, mask, (a, b) -> a | b);
    }

    /** Those of the sectors that are in doubt still are published, or given back. */
    public synchronized void decide(int slot, long mask, boolean published) {
        long decided = takeDoubtful(slot, mask);
        if (published) {
            publishedSectors += Long.bitCount(decided);
        } else if (decided != 0) {
            giveBack(slot, decided);
        }
    }

    @GuardedBy("this")
    private long takeDoubtful(int slot, long mask) {
        long all = doubtful.getOrDefault(slot, 0L);
        if ((all & ~mask) == 0) {
            doubtful.remove(slot);
        } else {
            doubtful.put(slot, all & ~mask);
        }
        return all & mask;
    }

    /** Published sectors are no longer: they wait for {@link #settle}. */
    public synchronized void unpublish(int slot, long mask) {
        decide(slot, mask, true);
        freed.add(new Place(slot, mask));
        publishedSectors -= Long.bitCount(mask);
    }

    public synchronized void published(int sectors) {
        publishedSectors += sectors;
    }

    public synchronized boolean hasFreed() {
        return !freed.isEmpty();
    }

    /** What was unpublished, to be settled once the index's record of that is durable. */
    public synchronized List<Place> takeFreed() {
        List<Place> all = freed;
        freed = new ArrayList<>();
        return all;
    }

    /** Frees those of {@code places} nobody holds; the others wait on. Returns how many slots became free. */
    public synchronized int settle(List<Place> places) {
        int before = freeSlots;
        // The first are taken first: blocks of one file lie behind each other again.
        for (int i = places.size() - 1; i >= 0; i--) {
            Place place = places.get(i);
            if (marks.isHeld(place.slot())) {
                freed.add(place);
            } else {
                giveBack(place.slot(), place.mask());
            }
        }
        return freeSlots - before;
    }

    /** Back to where {@link #takeFreed} took them from. */
    public synchronized void keepFreed(List<Place> places) {
        freed.addAll(places);
    }

    // ---- rebuilding

    /** Notes that sectors are taken, as the index says; false (and nothing noted) if some were already. */
    public synchronized boolean claim(int slot, long mask) {
        if (slot < 0 || slot >= slots || (taken[slot] & mask) != 0) {
            return false;
        }
        if (taken[slot] == 0) {
            freeSlots--;
            boolean whole = mask == Place.WHOLE;
            splitSlots += whole ? 0 : 1;
            marks.setKind(slot, whole ? SlotState.WHOLE : SlotState.SPLIT);
        }
        taken[slot] |= mask;
        publishedSectors += Long.bitCount(mask);
        return true;
    }

    /** Ends the rebuilding: what was not claimed is free, and is not freed again if it was unpublished before. */
    public synchronized void open() {
        List<Place> unpublished = takeFreed();
        for (Place place : unpublished) {
            if ((taken[place.slot()] & place.mask()) != 0) {
                freed.add(place);
            } else {
                publishedSectors += place.sectors();
            }
        }
        for (int slot = slots - 1; slot >= 0; slot--) {
            list(slot);
        }
    }

    // ---- for the culler

    public synchronized SlotView view(int slot) {
        return marks.view(slot, Long.bitCount(taken[slot]));
    }

    /** While on, no sector of the slot is given out. */
    public synchronized void setCulling(int slot, boolean on) {
        marks.set(slot, SlotState.CULLING, on);
        if (!on && marks.kind(slot) == SlotState.SPLIT) {
            list(slot);
        }
    }

    public synchronized boolean isBelowCull() {
        return freeSlots <= stopAt() || freeSlots * 100L < (long) slots * watermarks.cull();
    }

    /** How many slots must become free to be above the run mark. */
    public synchronized int toRun() {
        int above = (int) ((long) slots * watermarks.run() / 100) + 1;
        return Math.max(0, Math.max(above, stopAt() + 1) - freeSlots);
    }

    /** Not yet above the run mark. */
    public synchronized boolean isBelowRun() {
        return freeSlots <= stopAt() || freeSlots * 100L <= (long) slots * watermarks.run();
    }

    // ---- statistics

    public synchronized int free() {
        return freeSlots;
    }

    public synchronized int split() {
        return splitSlots;
    }

    public synchronized long publishedSectors() {
        return publishedSectors;
    }

    public synchronized long longestExhaustedNanos() {
        long now = exhaustedSince == 0 ? 0 : System.nanoTime() - exhaustedSince;
        return Math.max(longestExhausted, now);
    }
}
