package org.netcachefs.store.internal.engine;

import java.util.concurrent.CountDownLatch;
import java.util.function.BiPredicate;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.CacheException.Reason;
import org.netcachefs.store.internal.index.Batch;
import org.netcachefs.store.internal.index.Family;
import org.netcachefs.store.internal.index.ForwardingIndex;
import org.netcachefs.store.internal.index.IndexStore;

/** An index with switches: failing, hanging, or failing when it is written; scans of a family may be held up. */
final class FaultyIndex extends ForwardingIndex {
    volatile Reason failing;
    volatile Reason failingWrites;

    /** Writes that fail are done all the same. */
    volatile boolean lying;

    volatile CountDownLatch hang = new CountDownLatch(0);

    /** Scans of this family wait for {@link #scans}. */
    volatile Family held;

    final CountDownLatch scans = new CountDownLatch(1);

    FaultyIndex(IndexStore index) {
        super(index);
    }

    static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void disk() throws CacheException {
        await(hang);
        if (failing != null) {
            throw new CacheException(failing, "index: made to fail");
        }
    }

    @Override
    public byte[] get(Family family, byte[] key) throws CacheException {
        disk();
        return index.get(family, key);
    }

    @Override
    public byte[] getInMemory(Family family, byte[] key) throws CacheException {
        if (hang.getCount() > 0) {
            throw new CacheException(Reason.TIMEOUT, "index: not in memory");
        }
        return index.getInMemory(family, key);
    }

    @Override
    public void scan(Family family, byte[] from, BiPredicate<byte[], byte[]> row) throws CacheException {
        disk();
        if (family == held) {
            await(scans);
        }
        index.scan(family, from, row);
    }

    @Override
    public void write(Batch batch) throws CacheException {
        disk();
        if (failingWrites != null) {
            if (lying) {
                index.write(batch);
            }
            throw new CacheException(failingWrites, "index: made to fail when written");
        }
        index.write(batch);
    }

    @Override
    public void sync() throws CacheException {
        disk();
        index.sync();
    }

    @Override
    public void flush() throws CacheException {
        disk();
        index.flush();
    }

    @Override
    public void recover() throws CacheException {
        disk();
        index.recover();
    }
}
