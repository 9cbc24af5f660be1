package org.netcachefs.daemon.netfs;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts since the file system was made. Thread-safe. */
final class Counters {
    final LongAdder hitRequests = new LongAdder();
    final LongAdder missRequests = new LongAdder();
    final LongAdder failedRequests = new LongAdder();
    final LongAdder hitBytes = new LongAdder();
    final LongAdder missBytes = new LongAdder();
    final LongAdder upstreamBytes = new LongAdder();
    final LongAdder readaheadBytes = new LongAdder();
    final LongAdder writtenBytes = new LongAdder();
    final LongAdder unchecked = new LongAdder();
    final LongAdder metaHits = new LongAdder();
    final LongAdder revalidations = new LongAdder();
    private final ConcurrentHashMap<String, LongAdder> bypassed = new ConcurrentHashMap<>();

    void bypassed(String reason, long bytes) {
        bypassed.computeIfAbsent(reason, r -> new LongAdder()).add(bytes);
    }

    NetfsStatistics.Reads reads() {
        long hits = hitRequests.sum();
        long misses = missRequests.sum();
        return new NetfsStatistics.Reads(
                hits + misses + failedRequests.sum(), hits, misses, hitBytes.sum(), missBytes.sum());
    }

    NetfsStatistics.Upstream upstream() {
        return new NetfsStatistics.Upstream(
                upstreamBytes.sum(), writtenBytes.sum(), readaheadBytes.sum(), unchecked.sum());
    }

    NetfsStatistics.Bypassed bypassed() {
        Map<String, Long> reasons = new TreeMap<>();
        bypassed.forEach((reason, bytes) -> reasons.put(reason, bytes.sum()));
        long sum = reasons.values().stream().mapToLong(Long::longValue).sum();
        return new NetfsStatistics.Bypassed(sum, reasons);
    }
}
