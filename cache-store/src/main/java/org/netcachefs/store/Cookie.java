package org.netcachefs.store;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Our handle on one cached file, shared by all who have it open. Thread-safe.
 *
 * <p>Two counters order what races: {@link #version} moves when the content changes other than by writes of this node
 * (invalidation, flush); {@link #fillGuard} moves with it and before and after every write and truncate. A fill publishes
 * only if the guard it began under still holds, or only writes of other sectors have moved it since.
 */
public interface Cookie {
    long node();

    /** The coherency data the content is valid for. */
    CoherencyData coherency();

    long version();

    long fillGuard();

    /** The longest prefix of {@code rest} (not empty) that is uniformly present or absent. No I/O, no index lookup once the block map is loaded. */
    Extent nextExtent(ByteRange rest);

    /** Whether {@link #nextExtent} over this range needs no index lookup (the block map in memory covers it). */
    boolean isMapped(ByteRange range);

    /**
     * Runs {@code then} once when {@link #isMapped} holds: at once on the caller's thread if it does, else on a thread of the store when the index was read,
     * or, if the disk does not answer, after about the store's time limit: then all of the range is a hole.
     */
    void whenMapped(ByteRange range, Runnable then);

    /**
     * Reads {@code length} cached bytes at {@code offset} into {@code to} (at its position, advanced on success) on the
     * caller's thread, without ever waiting for a disk.
     */
    ReadOutcome tryRead(long offset, int length, ByteBuffer to);

    /**
     * Lends cached bytes where they are, on the caller's thread: {@code borrower} runs at most once, and they stay as they are until it returns. They were in
     * memory about a second ago at most; if they were dropped since, who reads them waits for the disk. Only the kernel may read them, as the argument of a system
     * call, for which what the disk cannot read is EFAULT; a program gets SIGBUS. False: not cached, not durable, not verified, not known to be in
     * memory, not in one piece, or the disk is not well ({@link #tryRead} may do); otherwise what {@code borrower} says.
     */
    boolean tryLend(long offset, int length, Borrower borrower);

    /**
     * Reads cached bytes on the store's own threads. {@code done} is called once, from a thread of the store, within about the store's time limit even
     * if the disk never answers (then with TIMEOUT).
     */
    void read(long offset, int length, ReadDone done);

    /**
     * Holds the places of a range that is wholly cached, durable and verified, so that they may be read or spliced from the
     * data file until released; null when it is not.
     */
    @Nullable
    HeldRange hold(ByteRange range);

    /**
     * Taken before the upstream read begins. {@code settled}: whether later opens may trust what is read; an unsettled fill
     * is a hole again after {@link #dropUnsettled}.
     */
    FillTicket beginFill(boolean settled);

    /**
     * Queues bytes just read upstream to be copied into the cache: {@code offset} at a sector boundary, the end at a sector
     * boundary or at the file's size (else, as when the size has changed since it was read, nothing is published). Published only if the ticket still holds. {@code released} runs once, when the bytes
     * are no longer needed, dropped or published. Never blocks. Bytes that begin at a page of a direct buffer go to the disk without a copy, if they are many.
     *
     * @return whether it was queued; if not it was dropped and counted ({@code released} runs all the same)
     */
    boolean fill(FillTicket ticket, long offset, ByteBuffer bytes, Runnable released);

    /**
     * Makes holes of all unsettled fills and stops those begun: at every open after the first (the last relinquish does it
     * too). Moves version and guard if an unsettled fill was begun since the last time, so that neither the kernel's pages
     * nor a joined upstream read carry what a new open must not see.
     */
    void dropUnsettled();

    /** The content is stale or changed: everything becomes a hole, O(1); from now on it is valid for {@code current}. Moves version and guard. */
    void invalidate(CoherencyData current) throws CacheException;

    /** Notes other coherency data for the same content (a write of ours). */
    void note(CoherencyData current) throws CacheException;

    /** The content reaches up to {@code size} bytes now (a write of ours past its end), if it did not before; in memory only, until {@link #note}. */
    void grow(long size);

    /** Nothing at or past {@code size} counts any more (truncate), O(1). Moves the guard. */
    void truncate(long size) throws CacheException;

    /** Unpublishes the sectors a write touches, before and after it; moves the guard, so that fills begun before are void where they touch them. */
    void unpublish(ByteRange range) throws CacheException;

    boolean isPinned();

    /** Keeps the file's blocks from culling; persistent. */
    void pin(boolean on) throws CacheException;

    /** Ends this acquire; what is cached stays. */
    void relinquish();

    /** Ends this acquire and drops what is cached. */
    void retire() throws CacheException;

    /** What came of a {@link #tryRead}. */
    enum ReadOutcome {
        /** The bytes are in the buffer, and right. */
        DONE,
        /** Cached, but not in memory: use {@link #read}. */
        WOULD_BLOCK,
        /** Not (or no longer) wholly cached. */
        HOLE,
        /** Cached bytes were damaged and are holes now, or the disk failed. */
        FAILED
    }

    /** Uses bytes that are lent. */
    interface Borrower {
        boolean use(long address);
    }

    /** Where an asynchronous read ends. */
    interface ReadDone {
        /** The bytes, in a direct buffer the receiver gives back by {@code release}. */
        void ok(ByteBuffer bytes, Runnable release);

        /** HOLE or FAILED, or TIMEOUT as FAILED: read it upstream. */
        void failed(ReadOutcome outcome);
    }

    /** The moment a fill began. */
    record FillTicket(long guard, boolean settled) {}

    /** Places of the data file that stay as they are until {@link #close}. */
    interface HeldRange extends AutoCloseable {
        /** In the order of the file's bytes; what lies in one piece is one. */
        java.util.List<Region> regions();

        /**
         * Whether all of it was in memory a moment ago, so that it can be read without waiting for a disk. False where the kernel cannot tell
         * (before Linux 6.5).
         */
        boolean isInMemory();

        @Override
        void close();
    }

    /** {@code length} bytes at byte {@code position} of an open file. */
    record Region(int descriptor, long position, int length) {}
}
