package org.netcachefs.daemon.netfs;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;
import org.netcachefs.daemon.upstream.UpstreamTree;
import org.netcachefs.daemon.upstream.UpstreamTree.DataHandle;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.store.ByteRange;

/**
 * The call that reads upstream into a leased buffer. A call given up on may still write into it, so the buffer then goes
 * back only when the call has ended. Thread-safe.
 */
final class BufferFill {
    private final BufferPool.Lease lease;
    private final AtomicReference<State> state = new AtomicReference<>(State.NEW);

    BufferFill(BufferPool.Lease lease) {
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
        ByteBuffer to = lease.buffer().duplicate().clear().limit((int) range.length());
        while (to.hasRemaining()) {
            int got = tree.read(file, range.start() + to.position(), to);
            if (got <= 0) {
                break;
            }
        }
        return to.position();
    }

    /**
     * Before the call touches the buffer.
     *
     * @throws ErrnoException when it was given up on
     */
    void begin() throws ErrnoException {
        if (!state.compareAndSet(State.NEW, State.RUNNING)) {
            throw new ErrnoException(Errno.ECANCELED, "given up on");
        }
    }

    /** After {@link #begin}, when the call touches the buffer no more. */
    void end() {
        if (!state.compareAndSet(State.RUNNING, State.ENDED)) {
            lease.close();
        }
    }

    /** The buffer is not wanted: it goes back now, or when the call under way ends. */
    void giveUp() {
        if (state.getAndSet(State.GIVEN_UP) != State.RUNNING) {
            lease.close();
        }
    }
}
