package org.netcachefs.daemon.upstream;

import java.time.Duration;
import java.util.stream.IntStream;
import org.netcachefs.fuse.Errno;

/**
 * How long upstream is waited for. No answer for {@code timeout} opens the circuit; {@code unreachableAfter} the last answer, calls that change nothing are given up with
 * {@code unreachableErrno} unless {@code unreachable} says to wait.
 */
public record UpstreamConfig(
        Duration timeout,
        Duration unreachableAfter,
        Errno unreachableErrno,
        UnreachablePolicy unreachable,
        Places places) {
    public static final UpstreamConfig DEFAULT = new UpstreamConfig(
            Duration.ofSeconds(5), Duration.ofSeconds(30), Errno.EIO, UnreachablePolicy.ERROR, Places.DEFAULT);

    public UpstreamConfig {
        if (timeout.isZero() || timeout.isNegative()) {
            throw new IllegalArgumentException("upstream timeout must be positive: " + timeout);
        }
        if (unreachableAfter.isNegative()) {
            throw new IllegalArgumentException("unreachable-after must not be negative: " + unreachableAfter);
        }
    }

    /** Threads of each lane at most, and of those that replace hung ones. */
    public record Places(
            int data, int metadata, int close, int readahead, int change, int write, int sync, int replacements) {
        /** As many for readahead as a window of 4 MiB has blocks: a place that is missing is a round trip the reader waits for. */
        public static final Places DEFAULT = new Places(32, 16, 2, 16, 16, 16, 16, 256);

        public Places {
            if (IntStream.of(data, metadata, close, readahead, change, write, sync)
                            .anyMatch(places -> places < 1)
                    || replacements < 0) {
                throw new IllegalArgumentException("each lane needs a place");
            }
        }

        int of(UpstreamCalls.Lane lane) {
            return switch (lane) {
                case DATA -> data;
                case METADATA -> metadata;
                case CLOSE -> close;
                case READAHEAD -> readahead;
                case CHANGE -> change;
                case WRITE -> write;
                case SYNC -> sync;
            };
        }
    }
}
