package org.netcachefs.daemon.upstream;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.netcachefs.fuse.LockRequest.Kind;

/** What one owner has locked of one file: each byte once. Immutable. */
public final class ByteLocks {
    public static final ByteLocks NONE = new ByteLocks(List.of());

    private final List<ByteLock> locks;

    private ByteLocks(List<ByteLock> locks) {
        this.locks = locks;
    }

    public boolean isEmpty() {
        return locks.isEmpty();
    }

    /** With this lock in place of what there was of its bytes. */
    public ByteLocks with(ByteLock lock) {
        List<ByteLock> now = new ArrayList<>();
        for (ByteLock held : locks) {
            if (!held.overlaps(lock)) {
                now.add(held);
                continue;
            }
            if (held.start() < lock.start()) {
                now.add(new ByteLock(held.kind(), held.start(), lock.start() - 1));
            }
            if (held.endInclusive() > lock.endInclusive()) {
                now.add(new ByteLock(held.kind(), lock.endInclusive() + 1, held.endInclusive()));
            }
        }
        if (lock.kind() != Kind.UNLOCK) {
            now.add(lock);
        }
        now.sort(Comparator.comparingLong(ByteLock::start));
        return new ByteLocks(List.copyOf(now));
    }

    /** What there is of the bytes of {@code range}, piece by piece, those that are not locked too: set one after the other they make it so again. */
    public List<ByteLock> within(ByteLock range) {
        List<ByteLock> pieces = new ArrayList<>();
        long next = range.start();
        for (ByteLock held : locks) {
            if (!held.overlaps(range)) {
                continue;
            }
            long start = Math.max(held.start(), range.start());
            if (start > next) {
                pieces.add(new ByteLock(Kind.UNLOCK, next, start - 1));
            }
            long end = Math.min(held.endInclusive(), range.endInclusive());
            pieces.add(new ByteLock(held.kind(), start, end));
            if (end == range.endInclusive()) {
                return pieces;
            }
            next = end + 1;
        }
        pieces.add(new ByteLock(Kind.UNLOCK, next, range.endInclusive()));
        return pieces;
    }

    /** The first of them that another owner cannot have {@code wanted} beside. */
    public @Nullable ByteLock conflict(ByteLock wanted) {
        for (ByteLock held : locks) {
            if (held.conflicts(wanted)) {
                return held;
            }
        }
        return null;
    }
}
