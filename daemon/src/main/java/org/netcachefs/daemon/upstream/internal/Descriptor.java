package org.netcachefs.daemon.upstream.internal;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.netcachefs.daemon.upstream.UpstreamTree.DataHandle;
import org.netcachefs.daemon.upstream.UpstreamTree.PathHandle;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;

/**
 * One open file descriptor, closed exactly once. A call holds a lease while it uses the number, and the last lease closes it: so neither a second close nor a late
 * call can reach a descriptor that was since given to someone else. Thread-safe.
 */
abstract class Descriptor {
    private static final int CLOSED = Integer.MIN_VALUE;
    private static final AtomicIntegerFieldUpdater<Descriptor> LEASES =
            AtomicIntegerFieldUpdater.newUpdater(Descriptor.class, "leases");

    private final int number;
    private final AtomicInteger open;

    /** The calls using the number, plus {@link #CLOSED}. */
    private volatile int leases;

    /** Counts itself in {@code open} until closed. */
    Descriptor(int number, AtomicInteger open) {
        this.number = number;
        this.open = open;
        open.incrementAndGet();
    }

    /** The number, good until {@link #release}. */
    int lease() throws ErrnoException {
        int now;
        do {
            now = leases;
            if (now < 0) {
                throw new ErrnoException(Errno.EBADF, "descriptor was closed");
            }
        } while (!LEASES.compareAndSet(this, now, now + 1));
        return number;
    }

    void release() {
        if (LEASES.decrementAndGet(this) == CLOSED) {
            closeNumber();
        }
    }

    public void close() {
        int now;
        do {
            now = leases;
            if (now < 0) {
                return;
            }
        } while (!LEASES.compareAndSet(this, now, now | CLOSED));
        if (now == 0) {
            closeNumber();
        }
    }

    private void closeNumber() {
        open.decrementAndGet();
        Libc.C.close(number);
    }

    @Override
    public String toString() {
        return "fd " + number;
    }

    /** An O_PATH descriptor. */
    static final class OfPath extends Descriptor implements PathHandle {
        OfPath(int number, AtomicInteger open) {
            super(number, open);
        }
    }

    /** A descriptor open for reading. */
    static final class OfData extends Descriptor implements DataHandle {
        OfData(int number, AtomicInteger open) {
            super(number, open);
        }
    }
}
