package org.netcachefs.arch.planted.store;

import org.netcachefs.arch.planted.daemon.Service;

/** Violation: upwards. */
public final class SeesDaemon {
    public Service service = new Service();
}
