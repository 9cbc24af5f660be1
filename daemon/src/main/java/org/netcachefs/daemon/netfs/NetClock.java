package org.netcachefs.daemon.netfs;

import java.time.Instant;

/** Time as the file system needs it. Thread-safe. */
public interface NetClock {
    /** Nanoseconds since 1970. */
    long wallNanos();

    /** Nanoseconds since some fixed moment, never going back. */
    long monotonicNanos();

    /** The machine's clocks. */
    static NetClock system() {
        return new NetClock() {
            @Override
            public long wallNanos() {
                Instant now = Instant.now();
                return now.getEpochSecond() * 1_000_000_000L + now.getNano();
            }

            @Override
            public long monotonicNanos() {
                return System.nanoTime();
            }
        };
    }
}
