package org.netcachefs.arch.planted.daemon;

/** Violation. */
public final class KeepsThreadLocal {
    public final ThreadLocal<String> name = ThreadLocal.withInitial(() -> "");
}
