package org.netcachefs.fuse.internal.protocol;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.internal.Native;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where answers go: a descriptor of /dev/fuse. An answer that comes after the end of the session is refused, never written to
 * whatever file has the descriptor's number by then. Thread-safe.
 */
public final class KernelChannel {
    private static final Logger LOG = LoggerFactory.getLogger(KernelChannel.class);
    private static final int TAKEN = 0;
    private static final int CLOSED = Integer.MIN_VALUE;
    private static final long POLL_NANOS = 50_000;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final int descriptor;
    /** How many are writing this moment; negative once closed. */
    private final AtomicInteger writers = new AtomicInteger();

    public KernelChannel(int descriptor) {
        this.descriptor = descriptor;
    }

    /** Sends {@code length} bytes, a {@code fuse_out_header} first. False when the kernel did not take them. */
    boolean send(long address, int length) {
        return write(address, length, 0) == TAKEN;
    }

    /** Sends the pieces, a {@code fuse_out_header} first. False when the kernel did not take them. */
    boolean send(IoVector pieces) {
        return write(pieces.address(), pieces.bytes(), pieces.count()) == TAKEN;
    }

    /** Sends the {@code length} bytes in a pipe, a {@code fuse_out_header} first. False when the kernel did not take them. */
    boolean send(SplicePipe pipe, int length) {
        if (!enter()) {
            return false;
        }
        try {
            return pipe.sendTo(descriptor, length);
        } finally {
            writers.decrementAndGet();
        }
    }

    /** False once closed; otherwise one more is writing. */
    private boolean enter() {
        boolean open = writers.incrementAndGet() >= 0;
        if (!open) {
            writers.decrementAndGet();
        }
        return open;
    }

    /** Sends what is no answer. True also if the kernel knows nothing of what it is about. */
    boolean tell(long address, int length) {
        int result = write(address, length, 0);
        return result == TAKEN || result == Errno.ENOENT.number();
    }

    /** {@link #TAKEN} or an errno. {@code pieces} 0: the bytes are at {@code address}, not an iovec. */
    private int write(long address, int length, int pieces) {
        if (!enter()) {
            return Errno.ENODEV.number();
        }
        try {
            return writeOpen(address, length, pieces);
        } finally {
            writers.decrementAndGet();
        }
    }

    private int writeOpen(long address, int length, int pieces) {
        while (call(address, length, pieces) != length) {
            Errno errno = Native.lastErrno();
            if (errno != Errno.EINTR && errno != Errno.EAGAIN) {
                // ENOENT: interrupted and forgotten; ENODEV: unmounted.
                LOG.debug("the kernel did not take an answer: {}", errno);
                return errno.number();
            }
        }
        return TAKEN;
    }

    private long call(long address, int length, int pieces) {
        return pieces == 0
                ? Native.libc().write(descriptor, address, length)
                : Native.libc().writev(descriptor, address, pieces);
    }

    /** Refuses further answers, and waits for those being written, two seconds at most. False: one still is, so that its descriptor must stay open. */
    public boolean close() {
        int before = writers.getAndUpdate(count -> count < 0 ? count : count + CLOSED);
        long begun = System.nanoTime();
        while (before >= 0 && writers.get() != CLOSED && System.nanoTime() - begun < PATIENCE_NANOS) {
            LockSupport.parkNanos(POLL_NANOS);
        }
        return writers.get() == CLOSED;
    }
}
