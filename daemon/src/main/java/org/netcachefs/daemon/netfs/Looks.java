package org.netcachefs.daemon.netfs;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.netcachefs.daemon.upstream.UpstreamStatus;
import org.netcachefs.fuse.Attributes;
import org.netcachefs.fuse.FileType;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.CoherencyData;
import org.netcachefs.store.Cookie;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes what upstream says of nodes, and drops cached content that it shows to be stale. Thread-safe.
 *
 * <p>Answers may overtake each other: one to a question asked earlier never replaces one to a later question.
 */
final class Looks {
    private static final Logger LOG = LoggerFactory.getLogger(Looks.class);

    private final Core core;
    private final AtomicLong sequence = new AtomicLong();

    Looks(Core core) {
        this.core = core;
    }

    /** Taken before upstream is asked. */
    Look.Moment begin() {
        NetClock clock = core.services().clock();
        return new Look.Moment(sequence.incrementAndGet(), clock.monotonicNanos(), clock.wallNanos(), core.epoch());
    }

    /** Notes an answer; returns the latest. */
    Look note(Node node, UpstreamStatus status, Look.Moment asked, boolean forced) {
        core.counters().revalidations.increment();
        synchronized (node) {
            Look before = node.look();
            if (before != null && before.moment().sequence() > asked.sequence()) {
                return before;
            }
            Look now = next(node, before, status, asked, forced);
            node.look(now);
            node.kernelPages()
                    .foundToEndAt(now.attributes().size(), now.attributes().type());
            if (before != null && !showsEveryChangeSince(before, now)) {
                node.xattrs(List.of());
            }
            if (before != null && before.state() != now.state()) {
                invalidate(node, now.coherency());
            }
            return now;
        }
    }

    /** The {@link Look.Moment#sequence} of what was known before a change, and that of the change. */
    record Change(long before, long now) {}

    /** It was changed through us, or perhaps was: what is known is believed by nobody, and no answer to an earlier question counts. Null if nothing was known. */
    @CanIgnoreReturnValue
    @Nullable
    Change changed(Node node) {
        synchronized (node) {
            Look before = node.look();
            if (before == null) {
                return null;
            }
            long now = sequence.incrementAndGet();
            node.look(before.superseded(now));
            node.xattrs(List.of());
            return new Change(before.moment().sequence(), now);
        }
    }

    /** Nothing newer can be learnt: the last look counts as taken at {@code asked}; null if there is none. */
    @Nullable
    Look confirm(Node node, Look.Moment asked) {
        synchronized (node) {
            Look before = node.look();
            if (before == null || before.moment().sequence() > asked.sequence()) {
                return before;
            }
            Look confirmed = before.confirmed(asked);
            node.look(confirmed);
            return confirmed;
        }
    }

    private Look next(Node node, @Nullable Look before, UpstreamStatus status, Look.Moment asked, boolean forced) {
        Attributes attributes = status.attributes()
                .withInode(InodeNumbers.shown(node.id(), core.nodes().root().id()));
        CoherencyData coherency = status.coherency();
        boolean directory = attributes.type() == FileType.DIRECTORY;
        long min = core.config().times().minNanos(directory);
        core.skew().sawTime(coherency.changedNanos(), core.services().clock().wallNanos());
        long began = asked.monotonicNanos();
        if (before == null) {
            return new Look(attributes, asked, forced, began, asked.sequence(), min, began);
        }
        boolean isOther = directory && !isAlike(before.attributes(), attributes); // within one tick of upstream's clock
        if (before.isSuperseded() || !before.coherency().equals(coherency) || isOther) {
            noteSkew(before, coherency, forced);
            return new Look(attributes, asked, forced, began, asked.sequence(), min, began);
        }
        boolean lasted = began - before.timeoutSince() >= before.timeoutNanos();
        long max = core.config().times().maxNanos(directory);
        return new Look(
                attributes,
                asked,
                forced,
                before.firstSeenNanos(),
                before.state(),
                lasted ? Math.min(max, before.timeoutNanos() * 2) : before.timeoutNanos(),
                lasted ? began : before.timeoutSince());
    }

    private static boolean isAlike(Attributes one, Attributes other) {
        return one.mode() == other.mode()
                && one.links() == other.links()
                && one.uid() == other.uid()
                && one.gid() == other.gid();
    }

    /** Whether {@code now} says that nothing changed, and would say otherwise of a change since {@code before}. */
    private boolean showsEveryChangeSince(Look before, Look now) {
        Look.Moment asked = before.moment();
        return before.state() == now.state()
                && core.skew()
                        .policy()
                        .isSettled(
                                before.newestNanos(),
                                asked.unixNanos(),
                                asked.monotonicNanos() - before.firstSeenNanos());
    }

    private void noteSkew(Look before, CoherencyData now, boolean forced) {
        if (before.forced()
                && forced
                && now.changedNanos() != before.coherency().changedNanos()) {
            long wall = core.services().clock().wallNanos();
            core.skew().sawChange(now.changedNanos(), before.moment().unixNanos(), wall);
        }
    }

    private static void invalidate(Node node, CoherencyData current) {
        synchronized (node) {
            Cookie cookie = node.cookie();
            if (cookie == null
                    || cookie.coherency().isWriting() // its own session finds out
                    || cookie.coherency().equals(current)) {
                return;
            }
            try {
                LOG.debug("{} changed upstream: {}", node, current);
                cookie.invalidate(current);
            } catch (CacheException e) {
                node.cookie(null);
                node.kernelPages().distrust();
                LOG.warn("{} cannot be invalidated, it is read without the cache: {}", node, e.getMessage());
            }
        }
    }
}
