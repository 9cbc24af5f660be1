package org.netcachefs.daemon.netfs;

import org.netcachefs.daemon.upstream.UpstreamStatus;
import org.netcachefs.fuse.Attributes;
import org.netcachefs.store.CoherencyData;

/**
 * What upstream said of an object when last asked. {@code attributes} carry the inode number shown; times are
 * {@code monotonic} nanoseconds of {@link NetClock} but for {@code unixNanos}; {@code firstSeenNanos} is when this coherency value
 * was first seen; {@code state} tells this value from those before and after; {@code timeoutNanos}, running since {@code timeoutSince}, is how long it is believed.
 */
record Look(
        Attributes attributes,
        Moment moment,
        boolean forced,
        long firstSeenNanos,
        long state,
        long timeoutNanos,
        long timeoutSince) {
    private static final long SUPERSEDED = Long.MIN_VALUE / 4;

    /** When upstream was asked: {@code sequence} orders questions, {@code epoch} is {@link org.netcachefs.daemon.upstream.UpstreamCalls#epoch}. */
    record Moment(long sequence, long monotonicNanos, long unixNanos, long epoch) {
        /** The same time, in another place of the order. */
        Moment as(long other) {
            return new Moment(other, monotonicNanos, unixNanos, epoch);
        }
    }

    /** Made anew each time: looks are kept for all nodes in RAM. */
    CoherencyData coherency() {
        return UpstreamStatus.coherencyOf(attributes);
    }

    /** The later of modification and change time. */
    long newestNanos() {
        return Math.max(attributes.modified().toNanos(), attributes.changed().toNanos());
    }

    /** What was known when it was changed through us, at {@code changed}: believed by nobody, but later than what was asked before. */
    Look superseded(long changed) {
        return at(new Moment(changed, SUPERSEDED, moment.unixNanos(), moment.epoch()));
    }

    boolean isSuperseded() {
        return moment.monotonicNanos() == SUPERSEDED;
    }

    /** Still the same at {@code later}; but what was asked before our change is not to be believed by it again. */
    Look confirmed(Moment later) {
        long now = isSuperseded() ? later.sequence() : state;
        return new Look(attributes, later, forced, firstSeenNanos, now, timeoutNanos, timeoutSince);
    }

    private Look at(Moment later) {
        return new Look(attributes, later, forced, firstSeenNanos, state, timeoutNanos, timeoutSince);
    }

    boolean isBelieved(long nowNanos, long epoch) {
        return believedNanos(nowNanos, epoch) > 0;
    }

    /** For how many nanoseconds from now on; 0 or less: no more. */
    long believedNanos(long nowNanos, long epoch) {
        return moment.epoch() == epoch ? timeoutNanos - (nowNanos - moment.monotonicNanos()) : 0;
    }
}
