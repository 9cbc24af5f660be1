package org.netcachefs.store.memory;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.netcachefs.store.ByteRange;
import org.netcachefs.store.Cookie.FillTicket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Bytes on their way into the cache. */
final class Fill {
    private static final Logger log = LoggerFactory.getLogger(Fill.class);

    private final Content content;
    private final FillTicket ticket;
    private final ByteRange range;
    private final ByteBuffer bytes;
    private final Runnable released;
    private final CompletableFuture<Void> finished = new CompletableFuture<>();

    Fill(Content content, FillTicket ticket, long offset, ByteBuffer bytes, Runnable released) {
        this.content = content;
        this.ticket = ticket;
        this.range = new ByteRange(offset, bytes.remaining());
        this.bytes = bytes.slice();
        this.released = released;
    }

    Content content() {
        return content;
    }

    FillTicket ticket() {
        return ticket;
    }

    ByteRange range() {
        return range;
    }

    /** The bytes for {@code length} bytes of the file at {@code start}. */
    byte[] copy(long start, int length) {
        byte[] copy = new byte[length];
        bytes.get((int) (start - range.start()), copy);
        return copy;
    }

    CompletableFuture<Void> finished() {
        return finished;
    }

    /** Gives the bytes back. Called once, without the cache's lock. */
    void finish() {
        try {
            released.run();
        } catch (RuntimeException e) {
            log.warn("a fill's bytes could not be given back", e);
        } finally {
            finished.complete(null);
        }
    }
}
