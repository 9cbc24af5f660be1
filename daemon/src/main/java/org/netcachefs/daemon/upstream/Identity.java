package org.netcachefs.daemon.upstream;

import java.util.List;
import org.netcachefs.daemon.upstream.UpstreamCalls.Body;

/** Whom a call on upstream is made for: file system user and group, and supplementary groups. Immutable. */
public record Identity(int uid, int gid, List<Integer> groups) {
    /** The daemon's own, which is root's where it can act for others at all. */
    public static final Identity OWN = new Identity(0, 0, List.of());

    public Identity {
        groups = List.copyOf(groups);
    }

    /** Root has all rights whatever its groups. */
    public boolean isOwn() {
        return uid == 0 && gid == 0;
    }

    /** {@code body}, made as this identity. */
    public <T> Body<T> makes(Body<T> body) {
        return isOwn() ? body : tree -> tree.as(this, body);
    }
}
