package org.netcachefs.store.internal.data;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;

/**
 * A file mapped for the kernel to read from (the argument of a system call). Which of its pages are in memory the kernel is asked by mincore(2), for
 * each 64 of them at most once a second: who reads what was dropped meanwhile waits for the disk. What the disk cannot read is EFAULT to a system
 * call, but SIGBUS to a program that reads it itself. Thread-safe.
 */
final class MappedFile {
    private static final int GROUP = Long.SIZE;
    /** Of nanoseconds: about a second. */
    private static final int TICK_SHIFT = 30;
    /** Page tables take a 512th of what was read of the mapping, so of this many times the machine's memory at most a 128th of that. */
    private static final int MOST_MEMORIES = 4;

    /** The tables here take 6 MiB of heap for that. */
    private static final long MOST_BYTES = 128L << 30;

    private static final int PROT_READ = 1;
    private static final int MAP_SHARED = 1;
    private static final int MADV_RANDOM = 1;
    private static final int SC_PHYS_PAGES = 85;

    private final int page = Native.LIBC.getpagesize();
    private final long bytes;
    private final long base;
    private final LongSupplier nanos;
    private final long begun;
    /** Of a byte for each page of a group. */
    private final ArgumentPool vectors = new ArgumentPool();

    /** A bit for each page that was in memory, by groups of pages. */
    private final AtomicLongArray inMemory;

    /** When the kernel was asked last, in ticks; 0: never. Written after {@link #inMemory}. */
    private final AtomicIntegerArray asked;

    /** The first {@code size} bytes of the file, or as many as are worth it; none where it cannot be mapped. {@code nanos}: a monotonic clock. */
    MappedFile(int descriptor, long size, LongSupplier nanos) {
        this.nanos = nanos;
        begun = nanos.getAsLong();
        long most = Math.min(MOST_BYTES, Native.LIBC.sysconf(SC_PHYS_PAGES) * page * MOST_MEMORIES);
        long wanted = Math.min(size, most);
        base = wanted > 0 ? Native.LIBC.mmap(0, wanted, PROT_READ, MAP_SHARED, descriptor, 0, 0) : -1;
        bytes = base == -1 ? 0 : wanted;
        int groups = (int) ((bytes + groupBytes() - 1) / groupBytes());
        inMemory = new AtomicLongArray(groups);
        asked = new AtomicIntegerArray(groups);
        if (bytes > 0) {
            Native.LIBC.madvise(base, bytes, MADV_RANDOM);
        }
    }

    private long groupBytes() {
        return (long) GROUP * page;
    }

    /** Where these bytes are; 0 if some of them are not mapped, or not known to be in memory. */
    long addressInMemory(long position, int length) {
        if (position + length > bytes) {
            return 0;
        }
        long last = (position + length - 1) / page;
        for (long first = position / page; first <= last; first = (first / GROUP + 1) * GROUP) {
            if (!isInMemory(first, Math.min(last, first / GROUP * GROUP + GROUP - 1))) {
                return 0;
            }
        }
        return base + position;
    }

    /** Pages of one group. */
    private boolean isInMemory(long first, long last) {
        int group = (int) (first / GROUP);
        long wanted = (-1L >>> (GROUP - 1 - (last - first))) << (first % GROUP);
        int now = (int) ((nanos.getAsLong() - begun) >> TICK_SHIFT) + 1;
        return (asked.get(group) == now || ask(group, now)) && (inMemory.get(group) & wanted) == wanted;
    }

    /** False where it cannot be asked now. */
    private boolean ask(int group, int now) {
        long vector = vectors.take();
        if (vector == 0) {
            return false;
        }
        long start = group * groupBytes();
        long length = Math.min(groupBytes(), bytes - start);
        boolean isAnswered = Native.LIBC.mincore(base + start, length, vector) == 0;
        inMemory.set(group, isAnswered ? bits(vector, (int) ((length + page - 1) / page)) : 0);
        asked.set(group, now);
        vectors.giveBack(vector);
        return true;
    }

    /** The lowest bit of each of these bytes. */
    private static long bits(long vector, int count) {
        long bits = 0;
        for (int i = 0; i < count; i++) {
            bits |= (Native.getByte(vector + i) & 1L) << i;
        }
        return bits;
    }

    void close() {
        if (bytes > 0) {
            Native.LIBC.munmap(base, bytes);
        }
        vectors.close();
    }
}
