package org.netcachefs.store;

/** What the cache can be trusted with. */
public enum Health {
    /** Serves and fills. */
    HEALTHY,
    /** Serves what it has, fills nothing. */
    DEGRADED,
    /** Bypassed: neither serves nor fills. */
    OFFLINE
}
