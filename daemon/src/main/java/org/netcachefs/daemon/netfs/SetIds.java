package org.netcachefs.daemon.netfs;

import org.netcachefs.daemon.upstream.UpstreamTree;
import org.netcachefs.daemon.upstream.UpstreamTree.Handle;
import org.netcachefs.fuse.ErrnoException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Set-id bits of files, which end when somebody changes the content who must not keep them (CAP_FSETID). Upstream takes them away by itself, as changes are made in the name of
 * who makes them, but for root that lacks the capability: the daemon has it. Thread-safe; used inside calls on upstream, as it may block.
 */
final class SetIds {
    private static final Logger LOG = LoggerFactory.getLogger(SetIds.class);
    static final int BITS = 06000;

    private final Looks looks;
    private final ObjectHandles objects;

    SetIds(Looks looks, ObjectHandles objects) {
        this.looks = looks;
        this.objects = objects;
    }

    /** Takes them away if the file may have any and upstream would leave them. Never an error: who may not change the mode there is not root, and loses them anyway. */
    void take(UpstreamTree tree, Node node) {
        Look known = node.look();
        if (!tree.actor().isOwn() || (known != null && (known.attributes().mode() & BITS) == 0)) {
            return;
        }
        try {
            boolean unused = objects.on(tree, node, object -> taken(tree, node, object));
        } catch (ErrnoException e) {
            LOG.debug("{} keeps set-id bits until it is written: {}", node, e.getMessage());
        }
    }

    private boolean taken(UpstreamTree tree, Node node, Handle object) throws ErrnoException {
        int mode = tree.status(object, true).attributes().mode();
        if ((mode & BITS) == 0) {
            return false;
        }
        try {
            tree.changes().chmod(object, mode & 07777 & ~BITS);
            return true;
        } finally {
            looks.changed(node);
        }
    }
}
