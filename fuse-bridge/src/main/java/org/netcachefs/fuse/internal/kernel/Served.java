package org.netcachefs.fuse.internal.kernel;

import java.util.concurrent.atomic.AtomicLong;
import org.netcachefs.fuse.internal.protocol.Message;
import org.netcachefs.fuse.internal.protocol.Opcode;

/** What one worker has served, with what it is serving. Counted by its own thread, seen by any. */
final class Served {
    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong reads = new AtomicLong();
    private final AtomicLong changes = new AtomicLong();
    private int asker;

    /** One more; before it is served: a write's bytes may be given away then. What the kernel asks for itself (RELEASE, FORGET) has no thread. */
    void count(Message message) {
        add(requests, true);
        add(reads, message.opcode() == Opcode.READ);
        boolean isAsked = message.pid() != 0;
        add(changes, isAsked && message.pid() != asker);
        asker = isAsked ? message.pid() : asker;
    }

    private static void add(AtomicLong count, boolean isOne) {
        if (isOne) {
            count.lazySet(count.get() + 1);
        }
    }

    /** So far, by what the worker's thread has let be seen. */
    Load load() {
        return new Load(requests.get(), reads.get(), changes.get());
    }
}
