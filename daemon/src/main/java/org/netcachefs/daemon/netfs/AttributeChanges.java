package org.netcachefs.daemon.netfs;

import java.util.concurrent.CompletionStage;
import org.netcachefs.daemon.upstream.UpstreamChanges;
import org.netcachefs.daemon.upstream.UpstreamTree;
import org.netcachefs.daemon.upstream.UpstreamTree.PathHandle;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.Reply;
import org.netcachefs.fuse.SetAttributes;
import org.netcachefs.fuse.ValidAttributes;

/** Changes what an object says of itself: mode, owner, times, extended attributes. Answered when upstream has answered. Thread-safe. */
final class AttributeChanges {
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
    void set(long id, SetAttributes change, Reply<ValidAttributes> reply) {
        Mutation.change(core, reply, tree -> {
                    Node node = core.nodes().require(id);
                    if (takesRights(change) && node.opens() > 0) {
                        data.keep(tree, node);
                    }
                    change(tree, node, (changes, object) -> set(changes, object, change));
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

    /** What has the file open gets its descriptor before. */
    private static boolean takesRights(SetAttributes change) {
        return change.mode() != null || change.uid() != null || change.gid() != null;
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

    void setXattr(long id, FileName name, byte[] value, int flags, Reply<Void> reply) {
        xattr(id, reply, (changes, object) -> changes.setxattr(object, name, value, flags));
    }

    void removeXattr(long id, FileName name, Reply<Void> reply) {
        xattr(id, reply, (changes, object) -> changes.removexattr(object, name));
    }

    private void xattr(long id, Reply<Void> reply, Change change) {
        CompletionStage<Boolean> call = Mutation.change(core, reply, tree -> {
            change(tree, core.nodes().require(id), change);
            return true;
        });
        Outcome.of(call, () -> "changing extended attributes", reply);
    }

    private void change(UpstreamTree tree, Node node, Change change) throws ErrnoException {
        try (HandleCache.Lease<PathHandle> lease = paths.lease(tree, node)) {
            change.make(tree.changes(), lease.handle());
        } finally {
            looks.changed(node);
        }
    }
}
