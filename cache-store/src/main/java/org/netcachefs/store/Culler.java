package org.netcachefs.store;

import java.time.Duration;

/** The background removal of what is least worth keeping, and of what was flushed or retired. Driven by one thread. */
public interface Culler {
    /**
     * Culls at most {@code slots} slots if any are due, and frees what was flushed or retired, and what the index has no room
     * for; returns how many were freed.
     * Takes milliseconds.
     */
    int doWork(int slots) throws CacheException;

    /** Waits until there may be work (slots below the cull mark, something flushed or retired), at most {@code limit}. */
    void awaitWork(Duration limit);
}
