package org.netcachefs.store;

import org.jspecify.annotations.Nullable;

/**
 * One upstream tree in the cache: its nodes (persistent ids, names) and the cookies of its files. Thread-safe.
 * Node ids are positive, persistent and unique in the cache; {@code parent} 0 is the volume's root.
 */
public interface Volume {
    VolumeKey key();

    /**
     * The persistent id of the object {@code key}, made when new; notes that it was seen as {@code name} in {@code parent}
     * (both survive restarts; a later call moves it). One index write when something is new, none otherwise. A row nobody asked for
     * lately may be culled; the node has the same id when it is seen again.
     */
    long node(ObjectKey key, long parent, byte[] name) throws CacheException;

    /** The node's row, or null when there is none. */
    @Nullable
    NodeRow nodeRow(long node) throws CacheException;

    /** The node last seen as {@code name} in {@code parent}, or 0. */
    long child(long parent, byte[] name) throws CacheException;

    /** Forgets that {@code parent} has a child {@code name}. */
    void removeChild(long parent, byte[] name) throws CacheException;

    /**
     * The open cookie of {@code node}'s content, shared by all who acquired it; each calls {@link Cookie#relinquish} once. If
     * what is cached was noted under other coherency data than {@code current}, it is invalidated first.
     */
    Cookie acquire(long node, CoherencyData current) throws CacheException;

    /** What is cached of a node, without opening it; null when nothing is known. */
    @Nullable
    CookieSummary summary(long node) throws CacheException;

    /** Drops everything cached of {@code node} and, if it is a directory, of all below it: at once for readers, its space in the background. */
    void flush(long node) throws CacheException;

    /** As {@link #flush(long)} of the whole volume. */
    void flushAll() throws CacheException;

    /** The row of a node: its key, parent (0: root of the volume) and name there. */
    record NodeRow(ObjectKey key, long parent, byte[] name) {}

    /** What is cached of a file. {@code cachedBytes} counts published sectors, in bytes, up to the file's size. */
    record CookieSummary(CoherencyData coherency, long cachedBytes, boolean pinned) {}
}
