package org.netcachefs.daemon.upstream;

import org.netcachefs.fuse.LockRequest;
import org.netcachefs.fuse.LockRequest.Kind;

/** A lock of the bytes {@code start..endInclusive}; {@link Kind#UNLOCK} is none. */
public record ByteLock(Kind kind, long start, long endInclusive) {
    public ByteLock {
        if (start < 0 || endInclusive < start) {
            throw new IllegalArgumentException("bytes " + start + " to " + endInclusive);
        }
    }

    /** The one that is asked for. */
    public static ByteLock of(LockRequest request) {
        return new ByteLock(request.kind(), request.start(), request.endInclusive());
    }

    /** Of all there is and may come. */
    public static ByteLock whole(Kind kind) {
        return new ByteLock(kind, 0, Long.MAX_VALUE);
    }

    public boolean overlaps(ByteLock other) {
        return start <= other.endInclusive && other.start <= endInclusive;
    }

    /** Whether two owners cannot have both. */
    public boolean conflicts(ByteLock other) {
        boolean both = kind != Kind.UNLOCK && other.kind != Kind.UNLOCK;
        return both && (kind == Kind.WRITE || other.kind == Kind.WRITE) && overlaps(other);
    }
}
