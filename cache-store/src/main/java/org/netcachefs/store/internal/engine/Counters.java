package org.netcachefs.store.internal.engine;

import java.util.concurrent.atomic.LongAdder;

/** What happened since the cache was opened. Thread-safe. */
final class Counters {
    final LongAdder filledBytes = new LongAdder();
    final LongAdder droppedBytes = new LongAdder();
    final LongAdder cullRuns = new LongAdder();
    final LongAdder culledSlots = new LongAdder();
    final LongAdder skippedSlots = new LongAdder();
    final LongAdder flushedSlots = new LongAdder();
    final LongAdder checksumErrors = new LongAdder();
    final LongAdder indexErrors = new LongAdder();
    final LongAdder ioErrors = new LongAdder();
}
