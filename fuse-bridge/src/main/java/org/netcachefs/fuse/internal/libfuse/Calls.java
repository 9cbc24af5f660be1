package org.netcachefs.fuse.internal.libfuse;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How the file system is called: if it throws, the request cannot be answered by it any more. */
final class Calls {
    private static final Logger LOG = LoggerFactory.getLogger(Calls.class);

    private Calls() {}

    static void issue(Parking parking, Runnable call) {
        try {
            call.run();
        } catch (Throwable failure) {
            if (parking.giveUp() || failure instanceof Error) {
                throw failure;
            }
            LOG.warn("R={} failed after it was answered", Long.toHexString(parking.request()), failure);
        }
    }
}
