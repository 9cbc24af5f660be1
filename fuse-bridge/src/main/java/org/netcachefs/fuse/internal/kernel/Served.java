package org.netcachefs.fuse.internal.kernel;

import java.util.concurrent.atomic.AtomicLong;
import org.netcachefs.fuse.internal.protocol.Message;
import org.netcachefs.fuse.internal.protocol.Opcode;

/** What one worker has served, with what it is serving. Counted by its own thread, seen by any. */
final class Served {
    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong reads = new AtomicLong();
    private final AtomicLong turns = new AtomicLong();
    private int asker;

    /** One more, whose bytes are still there: those of a write may be given away. */
    void count(Message message) {
        add(requests, true);
        add(reads, message.opcode() == Opcode.READ);
        add(turns, message.pid() != asker);
        asker = message.pid();
    }

    private static void add(AtomicLong count, boolean isOne) {
        if (isOne) {
            count.lazySet(count.get() + 1);
        }
    }

    /** So far, by what the worker's thread has let be seen. */
    Load load() {
        return new Load(requests.get(), reads.get(), turns.get());
    }
}
