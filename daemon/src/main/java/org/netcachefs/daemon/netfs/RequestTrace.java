package org.netcachefs.daemon.netfs;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The stable line a part of a request leaves in the log, at level trace: {@code R=000012ab[1] CACHE TERM 0x40000 131072/131072 e=0}. */
final class RequestTrace {
    private static final Logger LOG = LoggerFactory.getLogger("org.netcachefs.requests");

    private RequestTrace() {}

    static void ended(long request, Subrequest part, int bytes, int errno) {
        if (LOG.isTraceEnabled()) {
            LOG.trace(
                    "R={}[{}] {} TERM 0x{} {}/{} e={}",
                    String.format("%08x", request),
                    part.index(),
                    part.source(),
                    Long.toHexString(part.range().start()),
                    bytes,
                    part.range().length(),
                    errno);
        }
    }

    static boolean isOn() {
        return LOG.isTraceEnabled();
    }
}
