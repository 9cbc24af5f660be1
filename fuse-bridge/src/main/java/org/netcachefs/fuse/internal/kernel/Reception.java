package org.netcachefs.fuse.internal.kernel;

import org.jspecify.annotations.Nullable;

/** How the next message comes to a worker: it sleeps until there is one, or looks for one before. Used by its worker alone. */
final class Reception {
    private final Inlet inlet;
    private final @Nullable Inlet unblocked;
    private final int room;
    private final Patience patience = new Patience();

    /** Messages of up to {@code room} bytes. By {@code unblocked} nobody waits; null: it always sleeps. */
    Reception(Inlet inlet, @Nullable Inlet unblocked, int room) {
        this.inlet = inlet;
        this.unblocked = unblocked;
        this.room = room;
    }

    /** Receives the next message; its bytes, or negative as of read(2). {@code looks}: another one may come before sleeping would be worth it. */
    long next(Request request, boolean looks) {
        long address = request.prepare();
        if (looks && unblocked != null) {
            long received = looked(unblocked, address);
            if (received > 0) {
                request.cameBy(unblocked.origin());
                return received;
            }
        }
        request.cameBy(inlet.origin());
        return inlet.receive(address, room);
    }

    /** Positive, or nothing came for as long as there is patience. */
    private long looked(Inlet from, long address) {
        long limit = patience.nanos();
        if (limit == 0) {
            return 0;
        }
        long received = from.receive(address, room);
        if (received <= 0) {
            received = lookedOn(from, address, limit);
        }
        if (received > 0) {
            patience.paid();
        } else {
            patience.inVain();
        }
        return received;
    }

    private long lookedOn(Inlet from, long address, long limit) {
        long begun = System.nanoTime();
        long received = 0;
        while (received <= 0 && System.nanoTime() - begun < limit) {
            received = from.receive(address, room);
        }
        return received;
    }
}
