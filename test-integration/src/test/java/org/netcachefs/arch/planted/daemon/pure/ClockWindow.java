package org.netcachefs.arch.planted.daemon.pure;

/** Violation: reads the clock. */
public final class ClockWindow {
    public long now() {
        return System.nanoTime();
    }
}
