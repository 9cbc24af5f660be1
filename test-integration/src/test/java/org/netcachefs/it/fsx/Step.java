package org.netcachefs.it.fsx;

/** One thing done to the file, as it is told when a difference is found. */
record Step(long number, Kind kind, String how, int offset, int length, int sizeBefore) {
    enum Kind {
        READ(330),
        WRITE(220),
        APPEND(60),
        READ_MAPPED(60),
        WRITE_MAPPED(70),
        TRUNCATE(30),
        PUNCH(40),
        ZERO(25),
        ALLOCATE(15),
        SIZE(100),
        SYNC(5),
        DROP_PAGES(10),
        REOPEN(25),
        REOPEN_ALL(5),
        COMPARE_UPSTREAM(2);

        /** How often, to the sum of all. */
        final int weight;

        Kind(int weight) {
            this.weight = weight;
        }
    }

    @Override
    public String toString() {
        return String.format(
                "%8d %-16s %-26s [%7d, %7d) of %7d", number, kind, how, offset, offset + length, sizeBefore);
    }
}
