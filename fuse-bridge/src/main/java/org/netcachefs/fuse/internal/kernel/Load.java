package org.netcachefs.fuse.internal.kernel;

/**
 * How many requests were served, how many of them read a file's bytes, and how many came from another thread than the worker's one before: in all so
 * far, or meanwhile.
 */
record Load(long requests, long reads, long changes) {
    static final Load NOTHING = new Load(0, 0, 0);

    Load plus(Load other) {
        return new Load(requests + other.requests, reads + other.reads, changes + other.changes);
    }

    /** What came since it was {@code before}. */
    Load since(Load before) {
        return new Load(requests - before.requests, reads - before.reads, changes - before.changes);
    }

    /** What tells loads apart that may be served best in different ways: whether files are read, and whether several threads ask. */
    record Kind(boolean isOfReads, boolean isOfSeveral) {
        static final Kind FIRST = new Kind(false, false);

        /** More than one in so many is much. Three workers that receive from two threads in turn have another one half of the time. */
        private static final int MUCH = 3;

        /** Less than one in so many is little; in between it is what it was (hysteresis). */
        private static final int LITTLE = 8;

        /** The kind of {@code load}; this one as far as that is in between. */
        Kind next(Load load) {
            return new Kind(
                    isMuch(load.reads, load.requests, isOfReads), isMuch(load.changes, load.requests, isOfSeveral));
        }

        private static boolean isMuch(long part, long whole, boolean wasMuch) {
            return wasMuch ? part * LITTLE >= whole : part * MUCH > whole;
        }
    }
}
