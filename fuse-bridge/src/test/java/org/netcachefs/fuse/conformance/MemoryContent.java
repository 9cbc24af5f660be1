package org.netcachefs.fuse.conformance;

import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;

/** A sparse file's bytes. Thread-safe for concurrent readers and writers of different bytes. */
final class MemoryContent {
    private static final int PAGE = 64 << 10;
    private static final int SEEK_DATA = 3;

    private final ConcurrentHashMap<Long, byte[]> pages = new ConcurrentHashMap<>();
    private volatile long size;

    long size() {
        return size;
    }

    long pageBytes() {
        return pages.size() * (long) PAGE;
    }

    /** Puts at most {@code length} bytes from {@code offset} into {@code target} at index 0; returns how many. */
    int read(long offset, int length, ByteBuffer target) {
        int count = (int) Math.max(0, Math.min(length, size - offset));
        int done = 0;
        while (done < count) {
            long position = offset + done;
            int within = (int) (position % PAGE);
            int piece = Math.min(count - done, PAGE - within);
            byte[] page = pages.get(position / PAGE);
            if (page == null) {
                target.put(done, new byte[piece], 0, piece);
            } else {
                target.put(done, page, within, piece);
            }
            done += piece;
        }
        return count;
    }

    synchronized int write(long offset, ByteBuffer source) {
        int count = source.remaining();
        int done = 0;
        while (done < count) {
            long position = offset + done;
            int within = (int) (position % PAGE);
            int piece = Math.min(count - done, PAGE - within);
            byte[] page = pages.computeIfAbsent(position / PAGE, number -> new byte[PAGE]);
            source.get(page, within, piece);
            done += piece;
        }
        size = Math.max(size, offset + count);
        return count;
    }

    synchronized int append(ByteBuffer source) {
        return write(size, source);
    }

    synchronized void truncate(long newSize) {
        if (newSize < size) {
            long firstGone = (newSize + PAGE - 1) / PAGE;
            pages.keySet().removeIf(number -> number >= firstGone);
            byte[] last = pages.get(newSize / PAGE);
            if (last != null) {
                java.util.Arrays.fill(last, (int) (newSize % PAGE), PAGE, (byte) 0);
            }
        }
        size = newSize;
    }

    /** lseek(2) with SEEK_DATA or SEEK_HOLE. */
    synchronized long seek(long offset, int whence) throws ErrnoException {
        if (offset < 0 || offset >= size) {
            throw new ErrnoException(Errno.ENXIO, "at " + offset);
        }
        boolean wanted = whence == SEEK_DATA;
        long position = offset;
        while (position < size && pages.containsKey(position / PAGE) != wanted) {
            position = (position / PAGE + 1) * PAGE;
        }
        if (wanted && position >= size) {
            throw new ErrnoException(Errno.ENXIO, "no data behind " + offset);
        }
        return Math.min(position, size);
    }

    /** fallocate(2) with mode 0. */
    synchronized void allocate(long offset, long length) {
        size = Math.max(size, offset + length);
    }
}
