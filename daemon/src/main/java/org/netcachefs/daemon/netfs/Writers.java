package org.netcachefs.daemon.netfs;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.netcachefs.daemon.upstream.UpstreamTree.DataHandle;

/** The files that are being written, as long as somebody has them open for that or a change is under way. Thread-safe. */
final class Writers {
    private final Core core;
    private final Looks looks;
    private final Gathering.Taker taker;

    @GuardedBy("this")
    private final Map<Long, Used> files = new HashMap<>();

    Writers(Core core, Looks looks, Gathering.Taker taker) {
        this.core = core;
        this.looks = looks;
        this.taker = taker;
    }

    private static final class Used {
        private final Writing writing;
        private int users;

        Used(Writing writing) {
            this.writing = writing;
        }
    }

    /** One more user, until {@link #release}. */
    synchronized Writing use(Node node) {
        Used used = files.computeIfAbsent(node.id(), id -> new Used(new Writing(core, looks, node, taker)));
        used.users++;
        return used.writing;
    }

    synchronized void release(Node node) {
        files.computeIfPresent(node.id(), (id, used) -> --used.users == 0 ? null : used);
    }

    /** A descriptor the file is open for writing by; null if there is none. */
    synchronized @Nullable DataHandle handle(Node node) {
        Writing writing = writing(node);
        return writing == null ? null : writing.handle();
    }

    /** Null if nobody writes it. */
    synchronized @Nullable Writing writing(Node node) {
        Used used = files.get(node.id());
        return used == null ? null : used.writing;
    }

    /** Whether somebody may have changed the file through a mapping which is not written yet. */
    boolean mayBeMapped(Node node) {
        Writing writing = writing(node);
        return writing != null && writing.mayBeMapped();
    }

    synchronized boolean isWritten(Node node) {
        return files.containsKey(node.id());
    }
}
