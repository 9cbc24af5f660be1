package org.netcachefs.daemon.netfs;

import java.util.Map;
import java.util.OptionalDouble;

/** A snapshot of the file system's counters since it was made, and of its gauges. Sizes in bytes. */
public record NetfsStatistics(Reads reads, Upstream upstream, Bypassed bypassed, Meta meta, Gauges gauges) {
    /**
     * A hit is a request that needed no upstream data, its own or joined; a mixed request counts as a miss, its bytes are split.
     */
    public record Reads(long requests, long hitRequests, long missRequests, long hitBytes, long missBytes) {
        /** Empty before the first byte. */
        public OptionalDouble hitRatio() {
            long all = hitBytes + missBytes;
            return all == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) hitBytes / all);
        }
    }

    /** {@code readBytes} counts all file data that came from upstream, {@code readaheadBytes} the part nobody had asked for yet; {@code unchecked} answers given while upstream could not be asked. */
    public record Upstream(long readBytes, long writtenBytes, long readaheadBytes, long unchecked) {}

    /** File data read through without being cached, and why. */
    public record Bypassed(long bytes, Map<String, Long> reasons) {
        public Bypassed {
            reasons = Map.copyOf(reasons);
        }
    }

    /** Nodes, names and absent names in RAM; questions answered from there; comparisons with upstream. */
    public record Meta(long nodes, long dirents, long negatives, long hits, long revalidations) {}

    /** {@code nodesReferred} of the nodes are known to the kernel or open, and stay in RAM. */
    public record Gauges(long nodes, long nodesReferred, long handles, long fds, long buffersUsedBytes) {}
}
