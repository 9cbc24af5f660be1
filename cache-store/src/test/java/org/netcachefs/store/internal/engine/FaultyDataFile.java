package org.netcachefs.store.internal.engine;

import java.util.concurrent.CountDownLatch;
import org.netcachefs.store.Cookie.Borrower;
import org.netcachefs.store.internal.data.DataFile;

/** A data file with switches: failing, short, hanging or lost calls. */
final class FaultyDataFile implements DataFile {
    private final DataFile file;
    volatile int writeErrno;
    volatile int readErrno;
    volatile int syncErrno;
    volatile boolean shortReads;
    volatile boolean lostWrites;

    /** Calls that may wait for the disk wait for this. */
    volatile CountDownLatch hang = new CountDownLatch(0);

    /** Syncs wait for this. */
    volatile CountDownLatch hangSync = new CountDownLatch(0);

    FaultyDataFile(DataFile file) {
        this.file = file;
    }

    private static void waitFor(CountDownLatch hang) {
        try {
            hang.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public int descriptor() {
        return file.descriptor();
    }

    @Override
    public long size() {
        return file.size();
    }

    @Override
    public int readCached(long position, long address, int length) {
        return readErrno != 0 ? -readErrno : hang.getCount() > 0 ? -11 : file.readCached(position, address, length);
    }

    @Override
    public boolean isInMemory(long position, int length) {
        return readErrno == 0 && hang.getCount() == 0 && file.isInMemory(position, length);
    }

    @Override
    public boolean lend(long position, int length, Borrower borrower) {
        return file.lend(position, length, address -> {
            waitFor(hang);
            return borrower.use(address);
        });
    }

    @Override
    public int read(long position, long address, int length) {
        waitFor(hang);
        if (readErrno != 0) {
            return -readErrno;
        }
        return file.read(position, address, shortReads ? length / 2 : length);
    }

    @Override
    public int write(long position, long address, int length) {
        waitFor(hang);
        if (writeErrno != 0) {
            return -writeErrno;
        }
        return lostWrites ? length : file.write(position, address, length);
    }

    @Override
    public int sync() {
        waitFor(hang);
        waitFor(hangSync);
        return syncErrno != 0 ? -syncErrno : file.sync();
    }

    @Override
    public int resize(long bytes, boolean allocate) {
        return file.resize(bytes, allocate);
    }

    @Override
    public void close() {
        file.close();
    }
}
