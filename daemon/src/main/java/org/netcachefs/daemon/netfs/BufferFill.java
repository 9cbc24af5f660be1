package org.netcachefs.daemon.netfs;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.netcachefs.daemon.upstream.UpstreamTree;
import org.netcachefs.daemon.upstream.UpstreamTree.DataHandle;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.store.ByteRange;

/**
 * The call that reads upstream into a leased buffer, leased when the call has its thread, so that calls which wait for one leave the
 * buffers to others. A call given up on may still write into it: the buffer then goes back only when the call has ended. Thread-safe.
 */
final class BufferFill {
    private final BufferPool buffers;
    private final AtomicReference<State> state = new AtomicReference<>(State.NEW);
    private volatile BufferPool.@Nullable Lease lease;

    /** {@code lease} is null if the call is to get one. */
    BufferFill(BufferPool buffers, BufferPool.@Nullable Lease lease) {
        this.buffers = buffers;
        this.lease = lease;
    }

    private enum State {
        NEW,
        RUNNING,
        ENDED,
        GIVEN_UP
    }

    /** Reads all of {@code range}, fewer bytes only where the file ends: reads until one gives nothing. */
    int read(UpstreamTree tree, DataHandle file, ByteRange range) throws ErrnoException {
        ByteBuffer to = lease().buffer().duplicate().clear().limit((int) range.length());
        while (to.hasRemaining()) {
            int got = tree.read(file, range.start() + to.position(), to);
            if (got <= 0) {
                break;
            }
        }
        return to.position();
    }

    /** The buffer of a call that has got one. */
    BufferPool.Lease lease() {
        BufferPool.Lease leased = lease;
        if (leased == null) {
            throw new IllegalStateException("no buffer");
        }
        return leased;
    }

    /**
     * Before the call touches the buffer; {@link #end} must follow. False when there is none of so many {@code bytes} to be had.
     *
     * @throws ErrnoException when it was given up on
     */
    boolean begin(int bytes) throws ErrnoException {
        if (!state.compareAndSet(State.NEW, State.RUNNING)) {
            throw new ErrnoException(Errno.ECANCELED, "given up on");
        }
        if (lease == null) {
            lease = buffers.leaseNow(bytes);
        }
        return lease != null;
    }

    /** After {@link #begin}, when the call touches the buffer no more. */
    void end() {
        if (!state.compareAndSet(State.RUNNING, State.ENDED)) {
            giveBack();
        }
    }

    /** The buffer is not wanted: it goes back now, or when the call under way ends. */
    void giveUp() {
        if (state.getAndSet(State.GIVEN_UP) != State.RUNNING) {
            giveBack();
        }
    }

    private void giveBack() {
        BufferPool.Lease leased = lease;
        if (leased != null) {
            leased.close();
        }
    }
}
