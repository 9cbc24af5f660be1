package org.netcachefs.fuse;

/** A point in time as stat(2) gives it: seconds since 1970 and 0..999,999,999 nanoseconds. */
public record Timestamp(long seconds, int nanos) implements Comparable<Timestamp> {
    public static final Timestamp EPOCH = new Timestamp(0, 0);

    public Timestamp {
        if (nanos < 0 || nanos > 999_999_999) {
            throw new IllegalArgumentException("nanoseconds out of range: " + nanos);
        }
    }

    /** Nanoseconds since 1970, saturated at the ends of a {@code long} (years 1677 and 2262). */
    public long toNanos() {
        long high = Math.multiplyHigh(seconds, 1_000_000_000L);
        long low = seconds * 1_000_000_000L;
        boolean fits = (high == 0 && low >= 0) || (high == -1 && low < 0);
        if (!fits) {
            return seconds < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
        long sum = low + nanos;
        return sum < low ? Long.MAX_VALUE : sum;
    }

    public static Timestamp ofNanos(long nanos) {
        return new Timestamp(Math.floorDiv(nanos, 1_000_000_000L), (int) Math.floorMod(nanos, 1_000_000_000L));
    }

    @Override
    public int compareTo(Timestamp other) {
        int bySeconds = Long.compare(seconds, other.seconds);
        return bySeconds != 0 ? bySeconds : Integer.compare(nanos, other.nanos);
    }
}
