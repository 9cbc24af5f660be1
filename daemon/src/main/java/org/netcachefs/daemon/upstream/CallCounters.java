package org.netcachefs.daemon.upstream;

import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.netcachefs.daemon.upstream.UpstreamCalls.Lane;
import org.netcachefs.daemon.upstream.UpstreamCalls.UpstreamStatistics;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;

/** Counts the calls of a volume. Thread-safe. */
final class CallCounters {
    /** What upstream answers in the ordinary course of things. */
    private static final Set<Errno> ORDINARY =
            EnumSet.of(Errno.ENOENT, Errno.ENODATA, Errno.ENOTDIR, Errno.EOPNOTSUPP, Errno.EINVAL);

    private final LongAdder calls = new LongAdder();
    private final LongAdder dataCalls = new LongAdder();
    private final LongAdder errors = new LongAdder();
    private final LongAdder timeouts = new LongAdder();

    void began(Lane lane) {
        calls.increment();
        if (lane == Lane.DATA || lane == Lane.READAHEAD || lane == Lane.WRITE) {
            dataCalls.increment();
        }
    }

    void failed(Throwable failure) {
        boolean ordinary = failure instanceof ErrnoException e && ORDINARY.contains(e.errno());
        if (!ordinary) {
            errors.increment();
        }
    }

    void gaveUp() {
        timeouts.increment();
    }

    UpstreamStatistics statistics(int lostThreads, long oldestCallNanos, int outstanding) {
        return new UpstreamStatistics(
                calls.sum(), dataCalls.sum(), errors.sum(), timeouts.sum(), lostThreads, oldestCallNanos, outstanding);
    }
}
