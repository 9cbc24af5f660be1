package org.netcachefs.fuse.internal.kernel;

/**
 * How long a worker spins for the next request before it sleeps. To spin for as long as falling asleep and being woken take costs at most twice
 * what would have been best, for twice as long three times (Karlin et al., Empirical Studies of Competitive Spinning, SOSP 1991); of the two more is
 * served by the second (docs/design/0008). After spinning in vain twice in a
 * row it sleeps at once for a while, twice as long each time; once says little. Used by its worker alone.
 */
final class Spin {
    private static final long NANOS = 50_000;
    private static final int MOST_SKIPPED = 64;

    private int skipped;
    private int toSkip;

    /** Nanoseconds; 0: it does not spin this time. */
    long nanos() {
        if (toSkip > 0) {
            toSkip--;
            return 0;
        }
        return NANOS;
    }

    /** A request came meanwhile. */
    void paid() {
        skipped = 0;
    }

    void inVain() {
        toSkip = skipped;
        skipped = Math.min(MOST_SKIPPED, 2 * skipped + 1);
    }
}
