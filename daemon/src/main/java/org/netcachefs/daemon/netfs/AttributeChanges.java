package org.netcachefs.daemon.netfs;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.netcachefs.daemon.upstream.Identity;
import org.netcachefs.daemon.upstream.UpstreamChanges;
import org.netcachefs.daemon.upstream.UpstreamStatus;
import org.netcachefs.daemon.upstream.UpstreamTree;
import org.netcachefs.daemon.upstream.UpstreamTree.Handle;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.Reply;
import org.netcachefs.fuse.SetAttributes;
import org.netcachefs.fuse.ValidAttributes;

/** Changes what an object says of itself: mode, owner, times, extended attributes. Answered when upstream has answered. Thread-safe. */
final class AttributeChanges {
    private static final int SET_IDS = 06000;

    private final Core core;
    private final Looks looks;
    private final ObjectHandles objects;
    private final DataHandles data;
    private final Writers writers;
    private final Revalidation revalidation;

    AttributeChanges(
            Core core,
            Looks looks,
            ObjectHandles objects,
            DataHandles data,
            Writers writers,
            Revalidation revalidation) {
        this.revalidation = revalidation;
        this.core = core;
        this.looks = looks;
        this.objects = objects;
        this.data = data;
        this.writers = writers;
    }

    private interface Change {
        void make(UpstreamChanges changes, Handle object) throws ErrnoException;
    }

    /** All but the size. Times hold also if the file was changed before, through a mapping: that is written first. */
    void set(Identity who, long id, SetAttributes change, Reply<ValidAttributes> reply) {
        Node node = change.modified() == null ? null : core.nodes().known(id);
        if (node != null && writers.mayBeMapped(node)) {
            revalidation.mappedIsWritten(node).whenComplete((sent, failure) -> setNow(who, id, change, reply));
        } else {
            setNow(who, id, change, reply);
        }
    }

    private void setNow(Identity who, long id, SetAttributes change, Reply<ValidAttributes> reply) {
        CompletionStage<Look> call = Mutation.change(core, who, reply, tree -> {
            Node node = core.nodes().require(id);
            if (takesRights(change)) {
                data.keep(tree, node);
            }
            boolean unused = objects.on(tree, node, object -> {
                setOrTakeSetIds(tree, node, object, change);
                return true;
            });
            Look.Moment asked = looks.begin();
            UpstreamStatus status = objects.on(tree, node, object -> tree.status(object, false));
            Look look = looks.note(node, status, asked, false);
            Writing writing = writers.writing(node);
            if (writing != null && tree.isFreshAfterChange()) {
                writing.seen(look);
            }
            return look;
        });
        Outcome.shown(core, call, () -> "changing attributes", reply);
    }

    /** What has the file open gets its descriptor before. */
    private static boolean takesRights(SetAttributes change) {
        return change.mode() != null || change.uid() != null || change.gid() != null;
    }

    /** The kernel takes set-id bits away before somebody else than the owner writes: it has the right to, the writer has not. */
    private void setOrTakeSetIds(UpstreamTree tree, Node node, Handle object, SetAttributes change)
            throws ErrnoException {
        Change all = (changes, o) -> set(changes, o, change);
        try {
            made(node, object, tree.changes(), all);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EPERM || tree.actor().isOwn() || !onlyTakesSetIds(tree, object, change)) {
                throw e;
            }
            tree.as(Identity.OWN, own -> made(node, object, own.changes(), all));
        }
    }

    private static boolean onlyTakesSetIds(UpstreamTree tree, Handle object, SetAttributes change)
            throws ErrnoException {
        Integer mode = change.mode();
        if (mode == null || !change.equals(new SetAttributes(mode, null, null, null, null, null, change.handle()))) {
            return false;
        }
        int present = tree.status(object, true).attributes().mode() & 07777;
        int wanted = mode & 07777;
        return wanted != present && (wanted | (present & SET_IDS)) == present;
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

    void setXattr(Identity who, long id, FileName name, byte[] value, int flags, Reply<Void> reply) {
        xattr(who, id, reply, (changes, object) -> changes.setxattr(object, name, value, flags));
    }

    /** As set-id bits, the kernel takes a program's capabilities away before anybody writes; users cannot ask for it. */
    void removeXattr(Identity caller, long id, FileName name, Reply<Void> reply) {
        Identity who = name.equals(Xattr.CAPABILITY) ? Identity.OWN : caller;
        xattr(who, id, reply, (changes, object) -> changes.removexattr(object, name));
    }

    /** The kernel does not know that an access list is the mode, too. */
    private void xattr(Identity who, long id, Reply<Void> reply, Change change) {
        CompletionStage<Boolean> call = Mutation.change(core, who, reply, tree -> {
            Node node = core.nodes().require(id);
            try {
                return objects.on(tree, node, object -> made(node, object, tree.changes(), change));
            } finally {
                forgetCapability(node);
            }
        });
        call.whenComplete((done, failure) ->
                dropOutdated(id).thenRun(() -> Outcome.of(call, () -> "changing extended attributes", reply)));
    }

    private CompletionStage<Boolean> dropOutdated(long id) {
        Node node = core.nodes().known(id);
        return node == null ? CompletableFuture.completedStage(true) : core.dropOutdated(node);
    }

    private void forgetCapability(Node node) {
        Writing writing = writers.writing(node);
        if (writing != null) {
            writing.maybeCapable();
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
