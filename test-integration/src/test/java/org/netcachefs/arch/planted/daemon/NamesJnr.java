package org.netcachefs.arch.planted.daemon;

import jnr.ffi.Pointer;

/** Violation: native memory outside the three places that have a Libc. */
public interface NamesJnr {
    void take(Pointer pointer);
}
