package org.netcachefs.daemon.netfs;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.netcachefs.daemon.upstream.Identity;
import org.netcachefs.store.Cookie;

/** A file somebody has open. Its cookie is given back when the handle and all it began are done. Thread-safe. */
final class OpenFile {
    private final Node node;
    private final Identity who;
    private final @Nullable Cookie cookie;
    private final String bypassReason;
    private final ReadaheadWindow window;
    private final DataHandles data;
    private final @Nullable Writer writer;
    private final int lapses;
    private volatile boolean lapsed;
    /** When a descriptor of it was closed last; long ago if none was. */
    private volatile long flushed = System.nanoTime() - Long.MAX_VALUE / 2;

    private final AtomicInteger uses = new AtomicInteger(1);

    /** {@code who} opened it; {@code cookie} is null when it is read without the cache, for {@code bypassReason}. */
    OpenFile(
            Node node,
            Identity who,
            @Nullable Cookie cookie,
            String bypassReason,
            ReadaheadWindow window,
            DataHandles data,
            @Nullable Writer writer) {
        this.writer = writer;
        this.node = node;
        this.who = who;
        this.cookie = cookie;
        this.bypassReason = bypassReason;
        this.window = window;
        this.data = data;
        lapses = node.lapses();
    }

    /** A change of the file, or a sync by this handle, was answered before it came back: by this handle nothing can be done any more. */
    boolean isLapsed() {
        return lapsed || node.lapses() != lapses;
    }

    /** A sync by it was answered before it came back. */
    void lapse() {
        lapsed = true;
    }

    /** A descriptor of it was closed, {@code time} by {@link System#nanoTime}: perhaps the last one. */
    void flushed(long time) {
        flushed = time;
    }

    boolean wasFlushedSince(long time) {
        return flushed - time >= 0;
    }

    /** Null when it is open for reading only. */
    @Nullable
    Writer writer() {
        return writer;
    }

    Node node() {
        return node;
    }

    /** Whom upstream is asked for what it takes: its content is read, and checked, as him. */
    Identity who() {
        return who;
    }

    @Nullable
    Cookie cookie() {
        return cookie;
    }

    String bypassReason() {
        return bypassReason;
    }

    ReadaheadWindow window() {
        return window;
    }

    /** One more use; false when there is none left to share. */
    boolean retain() {
        return uses.getAndUpdate(present -> present == 0 ? 0 : present + 1) > 0;
    }

    /** Ends a use. */
    void release() {
        if (uses.decrementAndGet() > 0) {
            return;
        }
        if (node.opens() == 0) {
            data.released(node);
        }
        if (cookie != null) {
            cookie.relinquish();
        }
    }
}
