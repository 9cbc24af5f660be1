package org.netcachefs.daemon.netfs;

import java.util.concurrent.CompletionStage;
import org.netcachefs.daemon.upstream.Identity;
import org.netcachefs.daemon.upstream.UpstreamCalls.Lane;
import org.netcachefs.daemon.upstream.UpstreamChanges;
import org.netcachefs.daemon.upstream.UpstreamTree;
import org.netcachefs.daemon.upstream.UpstreamTree.PathHandle;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.Reply;
import org.netcachefs.fuse.SetAttributes;
import org.netcachefs.fuse.ValidAttributes;

/** Changes what an object says of itself: mode, owner, times, extended attributes. Answered when upstream has answered. Thread-safe. */
final class AttributeChanges {
    private static final int SET_IDS = 06000;
    private static final FileName CAPABILITY = FileName.of("security.capability");

    private final Core core;
    private final Looks looks;
    private final PathHandles paths;
    private final DataHandles data;

    AttributeChanges(Core core, Looks looks, PathHandles paths, DataHandles data) {
        this.core = core;
        this.looks = looks;
        this.paths = paths;
        this.data = data;
    }

    private interface Change {
        void make(UpstreamChanges changes, PathHandle object) throws ErrnoException;
    }

    /** All but the size. */
    void set(Identity who, long id, SetAttributes change, Reply<ValidAttributes> reply) {
        core.services()
                .upstream()
                .run(Lane.CHANGE, who, tree -> {
                    Node node = core.nodes().require(id);
                    setOrTakeRights(tree, node, change);
                    Look.Moment asked = looks.begin();
                    return looks.note(node, paths.status(tree, node, false), asked, false);
                })
                .whenComplete((look, failure) -> {
                    if (failure == null) {
                        reply.ok(new ValidAttributes(
                                look.attributes(), core.config().unnotifiedAttributesNanos()));
                    } else {
                        Failures.tell(() -> "changing attributes", failure);
                        reply.error(Failures.errno(failure));
                    }
                });
    }

    /** The kernel takes set-id bits away before somebody else than the owner writes: it has the right to, the writer has not. */
    private void setOrTakeRights(UpstreamTree tree, Node node, SetAttributes change) throws ErrnoException {
        Change all = (changes, object) -> set(changes, object, change);
        try {
            change(tree, node, all);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EPERM || tree.actor().isOwn() || !takesRights(tree, node, change)) {
                throw e;
            }
            tree.as(Identity.OWN, own -> {
                change(own, node, all);
                return true;
            });
        }
    }

    /** Whether all it does is to take set-id bits away. */
    private boolean takesRights(UpstreamTree tree, Node node, SetAttributes change) throws ErrnoException {
        Integer mode = change.mode();
        if (mode == null || !change.equals(new SetAttributes(mode, null, null, null, null, null, change.handle()))) {
            return false;
        }
        int present = paths.status(tree, node, true).attributes().mode() & 07777;
        int wanted = mode & 07777;
        return wanted != present && (wanted | (present & SET_IDS)) == present;
    }

    /** The owner first: a change of it takes set-id bits away. */
    private static void set(UpstreamChanges changes, PathHandle object, SetAttributes change) throws ErrnoException {
        Integer uid = change.uid();
        Integer gid = change.gid();
        if (uid != null || gid != null) {
            changes.chown(object, uid == null ? -1 : uid, gid == null ? -1 : gid);
        }
        Integer mode = change.mode();
        if (mode != null) {
            changes.chmod(object, mode & 07777);
        }
        if (change.accessed() != null || change.modified() != null) {
            changes.times(object, change.accessed(), change.modified());
        }
    }

    void setXattr(Identity who, long id, FileName name, byte[] value, int flags, Reply<Void> reply) {
        xattr(who, id, reply, (changes, object) -> changes.setxattr(object, name, value, flags));
    }

    /** As set-id bits, the kernel takes a program's capabilities away before anybody writes; users cannot ask for it. */
    void removeXattr(Identity caller, long id, FileName name, Reply<Void> reply) {
        Identity who = name.equals(CAPABILITY) ? Identity.OWN : caller;
        xattr(who, id, reply, (changes, object) -> changes.removexattr(object, name));
    }

    private void xattr(Identity who, long id, Reply<Void> reply, Change change) {
        CompletionStage<Boolean> call = core.services().upstream().run(Lane.CHANGE, who, tree -> {
            change(tree, core.nodes().require(id), change);
            return true;
        });
        Outcome.of(call, () -> "changing extended attributes", reply);
    }

    /** What has it open gets its descriptor before rights may be taken away. */
    private void change(UpstreamTree tree, Node node, Change change) throws ErrnoException {
        if (node.opens() > 0) {
            data.keep(tree, node);
        }
        try (HandleCache.Lease<PathHandle> lease = paths.lease(tree, node)) {
            change.make(tree.changes(), lease.handle());
        } finally {
            looks.changed(node);
        }
    }
}
