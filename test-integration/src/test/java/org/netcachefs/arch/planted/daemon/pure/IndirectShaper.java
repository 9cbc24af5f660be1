package org.netcachefs.arch.planted.daemon.pure;

/** Violation: knows a class that is not a value. */
public interface IndirectShaper {
    void shape(Helper helper);
}
