package org.netcachefs.store.internal.engine;

import com.kenai.jffi.MemoryIO;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.netcachefs.store.Cookie.Borrower;
import org.netcachefs.store.internal.data.DataFile;

/**
 * A data file in memory that remembers what a power cut may leave: of each page, any content it had since the last sync.
 * A sync that fails leaves the same.
 */
final class TornDisk implements DataFile {
    private static final int PAGE = 4096;

    volatile int resizeErrno;

    /** If set, the next sync fails: of each page written since the last one any content it had stays, in memory as well. */
    volatile Random failingSync;

    private byte[] bytes;
    private final TreeMap<Integer, List<byte[]>> unsynced = new TreeMap<>();

    TornDisk(byte[] bytes) {
        this.bytes = bytes;
    }

    @Override
    public int descriptor() {
        return -1;
    }

    @Override
    public synchronized long size() {
        return bytes.length;
    }

    @Override
    public int readCached(long position, long address, int length) {
        return read(position, address, length);
    }

    @Override
    public boolean isInMemory(long position, int length) {
        return true;
    }

    @Override
    public boolean lend(long position, int length, Borrower borrower) {
        return false;
    }

    @Override
    public synchronized int read(long position, long address, int length) {
        MemoryIO.getInstance().putByteArray(address, bytes, (int) position, length);
        return length;
    }

    @Override
    public synchronized int write(long position, long address, int length) {
        int first = (int) (position / PAGE);
        int last = (int) ((position + length - 1) / PAGE);
        for (int page = first; page <= last; page++) {
            unsynced.computeIfAbsent(page, key -> new ArrayList<>())
                    .add(Arrays.copyOfRange(bytes, page * PAGE, (page + 1) * PAGE));
        }
        MemoryIO.getInstance().getByteArray(address, bytes, (int) position, length);
        return length;
    }

    @Override
    public synchronized int sync() {
        Random fate = failingSync;
        if (fate != null) {
            cut(bytes, fate);
            failingSync = null;
        }
        unsynced.clear();
        return fate == null ? 0 : -5;
    }

    @Override
    public synchronized int resize(long length, boolean allocate) {
        if (resizeErrno == 0 && length != bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) length);
        }
        return -resizeErrno;
    }

    /** What a power cut now leaves. */
    synchronized byte[] cut(Random random) {
        byte[] left = bytes.clone();
        cut(left, random);
        return left;
    }

    private void cut(byte[] left, Random random) {
        unsynced.forEach((page, before) -> {
            int version = random.nextInt(before.size() + 1);
            if (version < before.size()) {
                System.arraycopy(before.get(version), 0, left, page * PAGE, PAGE);
            }
        });
    }

    @Override
    public void close() {
        // memory
    }
}
