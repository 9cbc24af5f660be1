package org.netcachefs.daemon.netfs;

import org.netcachefs.daemon.upstream.Identity;
import org.netcachefs.daemon.upstream.UpstreamTree;
import org.netcachefs.daemon.upstream.UpstreamTree.Handle;
import org.netcachefs.fuse.Attributes;
import org.netcachefs.fuse.ErrnoException;

/**
 * Set-id bits of files, which end when somebody changes the content who must not keep them: as {@code setattr_should_drop_suidgid} of Linux does it (fs/attr.c). Thread-safe; used inside calls on upstream, as it may block.
 */
final class SetIds {
    static final int BITS = 06000;
    private static final int SET_UID = 04000;
    private static final int GROUP_RUNS = 010;

    private final Looks looks;
    private final ObjectHandles objects;

    SetIds(Looks looks, ObjectHandles objects) {
        this.looks = looks;
        this.objects = objects;
    }

    /**
     * Takes them away if the file is known to have any, whoever may write: he has the right to that, but not to change the mode. Whether upstream was asked,
     * so that what the kernel holds of the mode counts no more.
     */
    boolean take(UpstreamTree tree, Node node) throws ErrnoException {
        Look known = node.look();
        if (known != null && (known.attributes().mode() & BITS) == 0) {
            return false;
        }
        Identity who = tree.actor();
        return tree.as(Identity.OWN, own -> objects.on(own, node, object -> taken(own, node, object, who)));
    }

    private boolean taken(UpstreamTree tree, Node node, Handle object, Identity who) throws ErrnoException {
        Attributes present = tree.status(object, true).attributes();
        int kept = present.mode() & ~taken(present, who);
        if (kept != present.mode()) {
            try {
                tree.changes().chmod(object, kept & 07777);
            } finally {
                looks.changed(node);
            }
        }
        return true;
    }

    /** The set-group-id bit of what its group cannot run, the mark of mandatory locking, stays where one of the group writes. */
    private static int taken(Attributes present, Identity who) {
        boolean isMark = (present.mode() & GROUP_RUNS) == 0;
        return isMark && isIn(present.gid(), who) ? SET_UID : BITS;
    }

    private static boolean isIn(int group, Identity who) {
        return who.isOwn() || who.gid() == group || who.groups().contains(group);
    }
}
