package org.netcachefs.daemon.upstream;

import java.util.function.LongSupplier;
import org.netcachefs.fuse.ErrnoException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks upstream for its root, past its client's cache, on threads of their own, and tells the judge when an answer came. Thread-safe. */
final class Probes {
    private static final Logger LOG = LoggerFactory.getLogger(Probes.class);

    private final String threadName;
    private final UpstreamTree tree;
    private final CircuitJudge judge;
    private final LongSupplier clock;
    private final Runnable changed;

    /** {@code changed} runs after each answer. */
    Probes(String threadName, UpstreamTree tree, CircuitJudge judge, LongSupplier clock, Runnable changed) {
        this.threadName = threadName;
        this.tree = tree;
        this.judge = judge;
        this.clock = clock;
        this.changed = changed;
    }

    /** Sends the probe the judge asked for at {@code begun}, and those it asks for thereafter. */
    void send(long begun) {
        Thread thread = new Thread(() -> probe(begun), threadName);
        thread.setDaemon(true);
        thread.start();
    }

    private void probe(long first) {
        long begun = first;
        boolean again;
        do {
            ask();
            long now = clock.getAsLong();
            again = judge.probeAnswered(begun, now);
            begun = now;
            changed.run();
        } while (again);
    }

    private void ask() {
        try {
            tree.status(tree.root(), true);
        } catch (ErrnoException e) {
            LOG.debug("upstream answers a probe of its root by {}", e.errno());
        } catch (RuntimeException e) {
            LOG.error("the probe of upstream's root broke", e);
        }
    }
}
