package org.netcachefs.fuse.internal.kernel;

import org.jspecify.annotations.Nullable;

/** How the next message comes to a worker: it sleeps until there is one, or spins before. Used by its worker alone. */
final class Reception {
    private final Inlet inlet;
    private final @Nullable Inlet nonblocking;
    private final int room;
    private final Spin spin = new Spin();
    private boolean cameLater;

    /** Messages of up to {@code room} bytes. Receiving by {@code nonblocking} waits for nothing; null: it always sleeps. */
    Reception(Inlet inlet, @Nullable Inlet nonblocking, int room) {
        this.inlet = inlet;
        this.nonblocking = nonblocking;
        this.room = room;
    }

    /** Receives the next message; its bytes, or negative as of read(2). {@code spins}: another one may come before sleeping is worth it. */
    long next(Request request, boolean spins) {
        cameLater = false;
        long address = request.prepare();
        if (spins && nonblocking != null) {
            long received = spun(nonblocking, address);
            if (received > 0) {
                request.cameBy(nonblocking.origin());
                return received;
            }
        }
        request.cameBy(inlet.origin());
        return inlet.receive(address, room);
    }

    /** The last message had not waited for the worker, which looked before it came. False also if that is not known. */
    boolean cameLater() {
        return cameLater;
    }

    /** Positive, or nothing came for as long as it spins. */
    private long spun(Inlet from, long address) {
        long limit = spin.nanos();
        if (limit == 0) {
            return 0;
        }
        long received = from.receive(address, room);
        cameLater = received <= 0;
        if (cameLater) {
            received = spunOn(from, address, limit);
        }
        if (received > 0) {
            spin.paid();
        } else {
            spin.inVain();
        }
        return received;
    }

    private long spunOn(Inlet from, long address, long limit) {
        long begun = System.nanoTime();
        long received = 0;
        while (received <= 0 && System.nanoTime() - begun < limit) {
            received = from.receive(address, room);
        }
        return received;
    }
}
