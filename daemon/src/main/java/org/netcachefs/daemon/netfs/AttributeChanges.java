package org.netcachefs.daemon.netfs;

import java.util.concurrent.CompletionStage;
import org.netcachefs.daemon.upstream.UpstreamChanges;
import org.netcachefs.daemon.upstream.UpstreamTree;
import org.netcachefs.daemon.upstream.UpstreamTree.DataHandle;
import org.netcachefs.daemon.upstream.UpstreamTree.Handle;
import org.netcachefs.daemon.upstream.UpstreamTree.PathHandle;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.Reply;
import org.netcachefs.fuse.SetAttributes;
import org.netcachefs.fuse.ValidAttributes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Changes what an object says of itself: mode, owner, times, extended attributes. Answered when upstream has answered. Thread-safe. */
final class AttributeChanges {
    private static final Logger LOG = LoggerFactory.getLogger(AttributeChanges.class);

    private final Core core;
    private final Looks looks;
    private final PathHandles paths;
    private final DataHandles data;
    private final Writers writers;

    AttributeChanges(Core core, Looks looks, PathHandles paths, DataHandles data, Writers writers) {
        this.core = core;
        this.looks = looks;
        this.paths = paths;
        this.data = data;
        this.writers = writers;
    }

    private interface Change {
        void make(UpstreamChanges changes, Handle object) throws ErrnoException;
    }

    private interface OnObject<T> {
        T call(Handle object) throws ErrnoException;
    }

    /** All but the size. */
    void set(long id, SetAttributes change, Reply<ValidAttributes> reply) {
        Mutation.change(core, reply, tree -> {
                    Node node = core.nodes().require(id);
                    if (takesRights(change) && node.opens() > 0) {
                        data.keep(tree, node);
                    }
                    return on(tree, node, object -> {
                        made(node, object, tree.changes(), (changes, o) -> set(changes, o, change));
                        Look.Moment asked = looks.begin();
                        return looks.note(node, tree.status(object, false), asked, false);
                    });
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
    private static void set(UpstreamChanges changes, Handle object, SetAttributes change) throws ErrnoException {
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
            Node node = core.nodes().require(id);
            return on(tree, node, object -> made(node, object, tree.changes(), change));
        });
        Outcome.of(call, () -> "changing extended attributes", reply);
    }

    /** By what the file is open for writing by, if it is: the way by its name takes some calls more. */
    private <T> T on(UpstreamTree tree, Node node, OnObject<T> calls) throws ErrnoException {
        DataHandle open = writers.handle(node);
        if (open != null) {
            try {
                return calls.call(open);
            } catch (ErrnoException e) {
                if (e.errno() != Errno.EBADF) {
                    throw e;
                }
                LOG.debug("{} was closed meanwhile", node);
            }
        }
        try (HandleCache.Lease<PathHandle> lease = paths.lease(tree, node)) {
            return calls.call(lease.handle());
        }
    }

    /** What is known counts no more even if the change fails: nobody knows what it did. */
    private boolean made(Node node, Handle object, UpstreamChanges changes, Change change) throws ErrnoException {
        try {
            change.make(changes, object);
            return true;
        } finally {
            looks.changed(node);
        }
    }
}
