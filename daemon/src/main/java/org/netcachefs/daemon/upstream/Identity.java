package org.netcachefs.daemon.upstream;

import java.util.List;
import org.netcachefs.daemon.upstream.UpstreamCalls.Body;

/**
 * Whom a call on upstream is made for: file system user and group, supplementary groups, and whether he may keep the set-id bits of what he changes
 * (CAP_FSETID), which nobody but root may. Immutable.
 */
public record Identity(int uid, int gid, List<Integer> groups, boolean keepsSetIds) {
    /** The daemon's own, which is root's where it can act for others at all. */
    public static final Identity OWN = new Identity(0, 0, List.of());

    public Identity {
        groups = List.copyOf(groups);
        keepsSetIds &= uid == 0;
    }

    /** With the rights a user usually has. */
    public Identity(int uid, int gid, List<Integer> groups) {
        this(uid, gid, groups, true);
    }

    /** The same, but with a change of content set-id bits are taken away. */
    public Identity losingSetIds() {
        return keepsSetIds ? new Identity(uid, gid, groups, false) : this;
    }

    /** Root has all rights whatever its groups. */
    public boolean isOwn() {
        return uid == 0 && gid == 0 && keepsSetIds;
    }

    /** {@code body}, made as this identity. */
    public <T> Body<T> makes(Body<T> body) {
        return isOwn() ? body : tree -> tree.as(this, body);
    }
}
