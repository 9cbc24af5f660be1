package org.netcachefs.fuse.internal.kernel;

/**
 * How many requests were served, how many of them read a file's bytes, and how many came from another thread than the one before: in all so far, or
 * meanwhile.
 */
record Load(long requests, long reads, long turns) {
    static final Load NOTHING = new Load(0, 0, 0);

    Load plus(Load other) {
        return new Load(requests + other.requests, reads + other.reads, turns + other.turns);
    }

    /** What came since it was {@code before}. */
    Load since(Load before) {
        return new Load(requests - before.requests, reads - before.reads, turns - before.turns);
    }

    /** What tells loads apart that may be served best in different ways: whether files are read, and whether several threads ask. */
    record Kind(boolean reads, boolean isOfSeveral) {
        static final Kind FIRST = new Kind(false, false);

        /** The kind of {@code load}; this one as far as that is in between. */
        Kind next(Load load) {
            return new Kind(isMuch(load.reads, load.requests, reads), isMuch(load.turns, load.requests, isOfSeveral));
        }

        /** Three workers see two threads in turn half of the time, one alone nearly never. */
        private static boolean isMuch(long part, long whole, boolean wasMuch) {
            return wasMuch ? part * 8 >= whole : part * 3 > whole;
        }
    }
}
