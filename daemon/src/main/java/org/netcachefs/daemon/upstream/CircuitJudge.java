package org.netcachefs.daemon.upstream;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.netcachefs.daemon.upstream.UpstreamCalls.Circuit;

/**
 * Decides whether upstream answers. A call that stays out makes it ask for a probe of the root; it opens the circuit when for as long again neither that probe nor any
 * call that had been out for a while comes back. (A call that comes back at once proves nothing: upstream's own client may have answered it from memory.)
 * All times are nanoseconds of one clock, handed in. Thread-safe.
 */
final class CircuitJudge {
    private final long timeout;
    private volatile Circuit circuit = Circuit.CLOSED;
    private volatile long epoch;

    @GuardedBy("this")
    private long lastAnswer;

    @GuardedBy("this")
    private long lastProbe;

    @GuardedBy("this")
    private long silentSince;

    @GuardedBy("this")
    private long halfOpenSince;

    @GuardedBy("this")
    private long closedSince;

    /** A probe begun since the circuit closed is out; what is out from before that may never come back. */
    @GuardedBy("this")
    private boolean probing;

    /** How long it waits, while open, before it asks for one more probe: twice as long each time, as those sent may never come back. */
    @GuardedBy("this")
    private long patience;

    CircuitJudge(long timeout, long now) {
        this.timeout = timeout;
        this.lastAnswer = now;
        this.lastProbe = now;
        this.silentSince = now;
        this.halfOpenSince = now;
        this.closedSince = now;
        this.patience = timeout;
    }

    Circuit circuit() {
        return circuit;
    }

    /** How often the circuit has closed. */
    long epoch() {
        return epoch;
    }

    /** How long upstream has not answered; 0 unless the circuit is open. */
    synchronized long silence(long now) {
        return circuit == Circuit.OPEN ? now - silentSince : 0;
    }

    /** Whether upstream is known to answer, so that calls which stay out are a matter of their own. */
    synchronized boolean vouches() {
        return circuit == Circuit.CLOSED && !probing;
    }

    /** Whether a call that was out for so long tells something by coming back. */
    boolean tells(long duration) {
        return duration >= timeout / 16;
    }

    /** A call came back that had been out for a telling while. */
    synchronized void answered(long now) {
        lastAnswer = now;
    }

    /** Looks at the calls out, the oldest for {@code oldestAge} (0 if none): true asks for a probe, which is counted as begun. */
    synchronized boolean look(long now, long oldestAge) {
        return switch (circuit) {
            case CLOSED -> lookClosed(now, oldestAge);
            case OPEN -> lookOpen(now);
            case HALF_OPEN -> lookHalfOpen(now);
        };
    }

    @GuardedBy("this")
    private boolean lookClosed(long now, long oldestAge) {
        if (oldestAge < timeout / 2) {
            return false;
        }
        if (!probing) {
            probing = now - lastAnswer >= timeout / 2 && beginProbe(now);
            return probing;
        }
        if (now - lastProbe >= timeout / 2 && now - lastAnswer >= timeout / 2) {
            silentSince = now - Math.min(oldestAge, now - lastAnswer);
            patience = timeout;
            circuit = Circuit.OPEN;
        }
        return false;
    }

    @GuardedBy("this")
    private boolean lookOpen(long now) {
        boolean callsCameBack = lastAnswer - lastProbe > 0;
        if (callsCameBack) {
            return beginProbe(now);
        }
        if (now - lastProbe < patience) {
            return false;
        }
        patience *= 2;
        return beginProbe(now);
    }

    @GuardedBy("this")
    private boolean lookHalfOpen(long now) {
        if (now - lastProbe >= timeout / 2) {
            circuit = Circuit.OPEN;
        }
        return false;
    }

    @GuardedBy("this")
    private boolean beginProbe(long now) {
        lastProbe = now;
        return true;
    }

    /** The probe begun at {@code begun} came back, with whatever answer: true asks for another at once, which is counted as begun. */
    synchronized boolean probeAnswered(long begun, long now) {
        lastAnswer = now;
        return switch (circuit) {
            case CLOSED -> {
                probing &= begun - closedSince < 0;
                yield false;
            }
            case OPEN -> {
                circuit = Circuit.HALF_OPEN;
                halfOpenSince = now;
                yield beginProbe(now);
            }
            case HALF_OPEN -> {
                if (begun - halfOpenSince >= 0) {
                    epoch++;
                    closedSince = now;
                    probing = false;
                    circuit = Circuit.CLOSED;
                }
                yield false;
            }
        };
    }
}
