package org.netcachefs.daemon.netfs;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.netcachefs.daemon.upstream.UpstreamCalls.Lane;
import org.netcachefs.fuse.ErrnoException;

/** The changes of data that programs wait for, each told once when it has been out for longer than the {@link WriteLimit}, if there is one. Thread-safe. */
final class Deadlines {
    /** How much later than due they are told, as a part of the limit. */
    private static final long PART = 8;

    private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Core core;
    private final WriteLimit limit;

    /** With the time each began. */
    private final Map<Awaited, Long> out = new ConcurrentHashMap<>();

    private final AtomicBoolean watching = new AtomicBoolean();

    Deadlines(Core core) {
        this.core = core;
        limit = core.config().writeLimit();
    }

    boolean isNone() {
        return limit.isNone();
    }

    /** What somebody waits for. */
    interface Awaited {
        /** It takes too long. On a thread that may wait for the cache. */
        void expire(ErrnoException why);
    }

    /** Until {@link #end}. */
    void begin(Awaited awaited) {
        if (!limit.isNone()) {
            out.put(awaited, core.now());
            watch();
        }
    }

    void end(Awaited awaited) {
        out.remove(awaited);
    }

    private void watch() {
        if (!out.isEmpty() && watching.compareAndSet(false, true)) {
            long nanos = Math.min(MOST_NANOS, limit.after().toNanos() / PART + 1);
            ScheduledFuture<?> unused = core.services().timer().schedule(this::look, nanos, TimeUnit.NANOSECONDS);
        }
    }

    private void look() {
        watching.set(false);
        long now = core.now();
        List<Awaited> late = out.entrySet().stream()
                .filter(each -> now - each.getValue() >= limit.after().toNanos())
                .map(Map.Entry::getKey)
                .toList();
        late.forEach(out::remove);
        if (!late.isEmpty()) {
            CompletionStage<Boolean> unused = core.services().upstream().run(Lane.CLOSE, tree -> {
                late.forEach(each -> each.expire(why()));
                return true;
            });
        }
        watch();
    }

    private ErrnoException why() {
        return new ErrnoException(
                limit.errno(), "upstream did not answer within " + limit.after().toMillis() + " ms (write-timeout)");
    }
}
