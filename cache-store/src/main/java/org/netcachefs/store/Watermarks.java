package org.netcachefs.store;

/** Percent of slots free: culling starts below {@code cull} and ends above {@code run}; below {@code stop} no slot is given out. 100 > run > cull > stop ≥ 0. */
public record Watermarks(int run, int cull, int stop) {
    public static final Watermarks DEFAULT = new Watermarks(10, 7, 3);

    public Watermarks {
        if (!(run < 100 && run > cull && cull > stop && stop >= 0)) {
            throw new IllegalArgumentException("cull must be RUN:CULL:STOP with 100 > RUN > CULL > STOP >= 0, not "
                    + run + ":" + cull + ":" + stop);
        }
    }
}
