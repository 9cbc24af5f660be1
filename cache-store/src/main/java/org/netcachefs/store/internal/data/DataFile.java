package org.netcachefs.store.internal.data;

import org.netcachefs.store.Cookie.Borrower;

/**
 * The file that holds the bytes. Calls answer the number of bytes moved (less than asked only at the end of the file or
 * when the disk is full), or a negative errno; they throw nothing. Addresses are of native memory. Thread-safe.
 */
public interface DataFile extends AutoCloseable {
    int descriptor();

    /** Its length in bytes, or a negative errno. */
    long size();

    /** Reads what is in memory; {@code -EAGAIN}, or short, when some of it is not. Never waits for a disk. */
    int readCached(long position, long address, int length);

    /** Whether all of it was in memory a moment ago, as far as the kernel can tell. Never waits for a disk. */
    boolean isInMemory(long position, int length);

    /**
     * Lends {@code length} of its bytes, which were in memory about a second ago at most, for the kernel to read from (see {@link MappedFile}): {@code borrower} waits for the
     * disk if they were dropped since. False where they are not known to have been; otherwise what it says.
     */
    boolean lend(long position, int length, Borrower borrower);

    int read(long position, long address, int length);

    int write(long position, long address, int length);

    /** Makes all writes that have returned durable; 0 or a negative errno. */
    int sync();

    /** Makes the file {@code bytes} long, its space allocated if {@code allocate}; 0 or a negative errno. */
    int resize(long bytes, boolean allocate);

    @Override
    void close();
}
