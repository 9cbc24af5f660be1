package org.netcachefs.store.internal.engine;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.netcachefs.store.BlockGeometry;
import org.netcachefs.store.ByteRange;
import org.netcachefs.store.Cookie.HeldRange;
import org.netcachefs.store.Cookie.Region;

/** Places of a cached range, held until it is closed. */
final class Held implements HeldRange {
    private final Disk disk;
    private final List<Region> regions = new ArrayList<>();
    private final List<Integer> slots = new ArrayList<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    private Held(Disk disk) {
        this.disk = disk;
        disk.marks().countHold(1);
    }

    /** Null when some of the range is not cached, or not verified. */
    static @Nullable Held of(Disk disk, CookieState state, ByteRange range) {
        Held held = new Held(disk);
        if (range.end() <= state.end() && held.take(state, range)) {
            return held;
        }
        held.close();
        return null;
    }

    private boolean take(CookieState state, ByteRange range) {
        BlockGeometry geometry = disk.geometry();
        long guard = state.guard();
        ByteRange rest = range;
        while (!rest.isEmpty()) {
            long located = state.hold(rest.start(), guard);
            if (located < 0) {
                return false;
            }
            int slot = Located.slot(located);
            slots.add(slot);
            int within = geometry.withinSector(rest.start());
            ByteRange here = rest.first((long) Located.run(located) * geometry.sectorBytes() - within);
            if (!disk.isVerified(located, rest.start(), here.length())) {
                return false;
            }
            disk.marks().read(slot);
            add(disk.positionOf(located, rest.start()), (int) here.length());
            rest = rest.from(here.end());
        }
        return true;
    }

    /** What lies right behind the last region is part of it, as blocks that were filled one after the other mostly do. */
    private void add(long position, int length) {
        int last = regions.size() - 1;
        Region before = last < 0 ? null : regions.get(last);
        if (before != null && before.position() + before.length() == position) {
            regions.set(
                    last, new Region(before.descriptor(), before.position(), Math.addExact(before.length(), length)));
        } else {
            regions.add(new Region(disk.data().descriptor(), position, length));
        }
    }

    @Override
    public List<Region> regions() {
        return Collections.unmodifiableList(regions);
    }

    @Override
    public boolean isInMemory() {
        for (Region region : regions) {
            if (!disk.data().isInMemory(region.position(), region.length())) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            slots.forEach(disk.marks()::release);
            disk.marks().countHold(-1);
        }
    }
}
