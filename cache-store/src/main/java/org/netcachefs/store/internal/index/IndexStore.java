package org.netcachefs.store.internal.index;

import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;
import org.netcachefs.store.CacheException;

/** Ordered tables of bytes on disk. Thread-safe. */
public interface IndexStore extends AutoCloseable {
    byte @Nullable [] get(Family family, byte[] key) throws CacheException;

    /** As {@link #get} without touching a disk: throws TIMEOUT when the answer is not in memory. */
    byte @Nullable [] getInMemory(Family family, byte[] key) throws CacheException;

    /** Shows {@code row} the rows from key {@code from} on, in order of their keys, until it answers false. */
    void scan(Family family, byte[] from, BiPredicate<byte[], byte[]> row) throws CacheException;

    /** Atomic; survives the process, but a power cut only after {@link #sync}. */
    void write(Batch batch) throws CacheException;

    /** Makes durable what was written before. */
    void sync() throws CacheException;

    /** Writes all from memory to its tables, so that the next open has no log to read. */
    void flush() throws CacheException;

    /** Rewrites the tables without what was deleted; may take long. Ended early by {@link #stopCompacting} and {@link #close}. */
    void compact() throws CacheException;

    /** From now on nothing is compacted by {@link #compact}. */
    void stopCompacting();

    /** After a failure: begins anew on what is on disk. */
    void recover() throws CacheException;

    /** Reads all and compares it with its checksums. */
    void verify() throws CacheException;

    /** What the index occupies on disk, in bytes. */
    long bytes();

    /** What it will occupy once old copies of rows being rewritten are gone, without its logs; in bytes. */
    long lastingBytes();

    /** What it has in memory of its rows and tables, in bytes; 0 while it is closed or being opened. */
    long memoryBytes();

    /** Waits for calls under way; later ones throw OFFLINE. */
    @Override
    void close();
}
