package org.netcachefs.arch.planted.daemon.upstream.internal;

import jnr.ffi.Pointer;

/** Allowed: system calls on upstream. */
public interface Calls {
    void take(Pointer pointer);
}
