package org.netcachefs.store.internal.engine;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.netcachefs.store.Cookie.FillTicket;

/**
 * Bytes on their way into the cache. {@code bytes} is direct, from its position to its limit. Keeps its cookie open until it is
 * released.
 */
final class Fill {
    final OpenCookie cookie;
    final FillTicket ticket;
    final long id;
    final long offset;
    final ByteBuffer bytes;
    private final Runnable released;
    private final AtomicBoolean isReleased = new AtomicBoolean();

    /** Which drains wait for it. */
    long generation;

    /** How often room had been made when it was taken from the queue. */
    long roomSeen;

    Fill(OpenCookie cookie, FillTicket ticket, long offset, ByteBuffer bytes, Runnable released) {
        this.cookie = cookie;
        this.ticket = ticket;
        this.id = cookie.state().id();
        this.offset = offset;
        this.bytes = bytes;
        this.released = released;
    }

    int length() {
        return bytes.remaining();
    }

    void release() {
        if (isReleased.compareAndSet(false, true)) {
            try {
                cookie.filled();
            } finally {
                released.run();
            }
        }
    }

    /** What came of trying to place it. */
    enum Outcome {
        /** Published, or void by now. */
        DONE,
        /** There is no room: to be tried again. */
        NO_ROOM,
        FAILED
    }
}
