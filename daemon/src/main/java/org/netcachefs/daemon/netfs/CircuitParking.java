package org.netcachefs.daemon.netfs;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Where requests wait for upstream that could also be answered unchecked: when the circuit opens they are told. Thread-safe; looks four
 * times a second, and only while somebody waits.
 */
final class CircuitParking {
    private static final long LOOK_MILLIS = 250;

    private final Core core;
    private final Set<Parked> parked = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean looking = new AtomicBoolean();

    CircuitParking(Core core) {
        this.core = core;
    }

    /** Compared by identity. */
    interface Parked {
        /** The circuit is open. Called at most once, on the timer's thread; must not block. */
        void answerUnchecked();
    }

    void park(Parked request) {
        parked.add(request);
        lookLater();
    }

    /** It was answered. */
    void leave(Parked request) {
        parked.remove(request);
    }

    private void lookLater() {
        if (looking.compareAndSet(false, true)) {
            ScheduledFuture<?> unused =
                    core.services().timer().schedule(this::look, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void look() {
        looking.set(false);
        if (core.answersUnchecked()) {
            for (Parked request : List.copyOf(parked)) {
                if (parked.remove(request)) {
                    request.answerUnchecked();
                }
            }
        }
        if (!parked.isEmpty()) {
            lookLater();
        }
    }
}
