package org.netcachefs.store.internal.engine;

import java.util.concurrent.atomic.AtomicInteger;
import org.netcachefs.store.Cookie.Borrower;
import org.netcachefs.store.internal.data.DataFile;

/** A data file whose calls are watched: those that may wait for the disk. */
final class WatchedDataFile implements DataFile {
    private final DataFile file;
    private final Calls calls;
    private final AtomicInteger reads = new AtomicInteger();

    WatchedDataFile(DataFile file, Calls calls) {
        this.file = file;
        this.calls = calls;
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
        return file.readCached(position, address, length);
    }

    /** Pages that a read under way waits for count as being in memory, so there must be none. */
    @Override
    public boolean isInMemory(long position, int length) {
        return reads.get() == 0 && file.isInMemory(position, length);
    }

    @Override
    public boolean lend(long position, int length, Borrower borrower) {
        int call = calls.begin();
        try {
            return file.lend(position, length, borrower);
        } finally {
            calls.end(call);
        }
    }

    @Override
    public int read(long position, long address, int length) {
        int call = calls.begin();
        reads.incrementAndGet();
        try {
            return file.read(position, address, length);
        } finally {
            reads.decrementAndGet();
            calls.end(call);
        }
    }

    @Override
    public int write(long position, long address, int length) {
        int call = calls.begin();
        try {
            return file.write(position, address, length);
        } finally {
            calls.end(call);
        }
    }

    @Override
    public int sync() {
        int call = calls.beginSync();
        try {
            return file.sync();
        } finally {
            calls.end(call);
        }
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
