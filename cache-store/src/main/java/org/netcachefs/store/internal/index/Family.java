package org.netcachefs.store.internal.index;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** The tables of the index; their names on disk are these in lower case. */
public enum Family {
    DEFAULT,
    VOLUMES,
    COOKIES,
    BLOCKS,
    SLOTS,
    DEAD,
    NODES,
    DIRENTS,
    XATTRS,
    LOG;

    byte[] diskName() {
        return name().toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII);
    }
}
