package org.netcachefs.store.internal.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.Iterator;
import java.util.LinkedHashSet;
import org.jspecify.annotations.Nullable;

/** Keeps the block maps of all open cookies within a bound: second chance over their chunks. Thread-safe. */
final class MapBudget {
    private final long limit;

    @GuardedBy("this")
    private final LinkedHashSet<Chunk> chunks = new LinkedHashSet<>();

    @GuardedBy("this")
    private long bytes;

    MapBudget(long limit) {
        this.limit = limit;
    }

    synchronized void added(Chunk chunk) {
        chunks.add(chunk);
        bytes += chunk.bytes();
    }

    synchronized void removed(Chunk chunk) {
        if (chunks.remove(chunk)) {
            bytes -= chunk.bytes();
        }
    }

    synchronized void grown(int change) {
        bytes += change;
    }

    synchronized long bytes() {
        return bytes;
    }

    /** Drops chunks until all fit. Called with no cookie's state held. */
    void enforce() {
        for (Chunk victim = victim(); victim != null; victim = victim()) {
            victim.owner.drop(victim);
        }
    }

    private synchronized @Nullable Chunk victim() {
        while (bytes > limit) {
            Iterator<Chunk> oldest = chunks.iterator();
            if (!oldest.hasNext()) {
                return null;
            }
            Chunk chunk = oldest.next();
            if (!chunk.used) {
                return chunk;
            }
            chunk.used = false;
            oldest.remove();
            chunks.add(chunk);
        }
        return null;
    }
}
