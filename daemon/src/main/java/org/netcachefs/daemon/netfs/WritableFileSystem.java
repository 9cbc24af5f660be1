package org.netcachefs.daemon.netfs;

import java.util.Objects;
import org.netcachefs.daemon.upstream.Identity;
import org.netcachefs.fuse.Attributes;
import org.netcachefs.fuse.Caller;
import org.netcachefs.fuse.Created;
import org.netcachefs.fuse.Entry;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.OpenFlags;
import org.netcachefs.fuse.Opened;
import org.netcachefs.fuse.OwnedBuffer;
import org.netcachefs.fuse.Reply;
import org.netcachefs.fuse.SetAttributes;
import org.netcachefs.fuse.ValidAttributes;
import org.netcachefs.fuse.WriteRequest;

/** As {@link NetFileSystem}, for upstreams that can be written. Thread-safe. */
final class WritableFileSystem extends NetFileSystem {
    private final NameChanges nameChanges;
    private final AttributeChanges attributeChanges;
    private final Creation creation;
    private final WritePath writes;

    WritableFileSystem(NetfsConfig config, Services services) throws ErrnoException {
        super(config, services, false);
        nameChanges = new NameChanges(core, looks, paths, data, names);
        Writers files = Objects.requireNonNull(writers);
        attributeChanges = new AttributeChanges(core, looks, objects, data, files, revalidation);
        creation = new Creation(core, looks, paths, names, opens, nameChanges, files);
        writes = new WritePath(core, opens, paths, data, files, revalidation);
    }

    @Override
    public void mkdir(Caller caller, long parent, FileName name, int mode, Reply<Entry> reply) {
        nameChanges.mkdir(who(caller), shown(parent), name, mode, reply);
    }

    @Override
    public void mknod(Caller caller, long parent, FileName name, int mode, int device, Reply<Entry> reply) {
        nameChanges.mknod(who(caller), shown(parent), name, mode, device, reply);
    }

    @Override
    public void symlink(Caller caller, long parent, FileName name, byte[] target, Reply<Entry> reply) {
        nameChanges.symlink(who(caller), shown(parent), name, target, reply);
    }

    @Override
    public void link(Caller caller, long node, long newParent, FileName newName, Reply<Entry> reply) {
        nameChanges.link(who(caller), shown(node), shown(newParent), newName, growth.entries(reply, names::undo));
    }

    @Override
    public void unlink(Caller caller, long parent, FileName name, Reply<Void> reply) {
        nameChanges.unlink(who(caller), shown(parent), name, reply);
    }

    @Override
    public void rmdir(Caller caller, long parent, FileName name, Reply<Void> reply) {
        nameChanges.rmdir(who(caller), shown(parent), name, reply);
    }

    @Override
    public void rename(
            Caller caller, long parent, FileName name, long newParent, FileName newName, int flags, Reply<Void> reply) {
        nameChanges.rename(who(caller), shown(parent), name, shown(newParent), newName, flags, reply);
    }

    @Override
    public void setattr(Caller caller, long node, SetAttributes change, Reply<ValidAttributes> reply) {
        if (change.size() == null) {
            attributeChanges.set(who(caller), shown(node), change, growth.attributes(shown(node), reply));
        } else {
            writes.truncate(who(caller, change.takesSetIds()), shown(node), change, reply);
        }
    }

    private Identity who(Caller caller, boolean takesSetIds) {
        return core.callers().of(caller, takesSetIds);
    }

    private static SetAttributes toNothing(Opened opened) {
        return new SetAttributes(null, null, null, 0L, null, null, opened.handle());
    }

    @Override
    public void open(Caller caller, long node, OpenFlags flags, Reply<Opened> reply) {
        Identity who = who(caller, flags.takesSetIds());
        Reply<Opened> truncating = new Truncating<>(reply) {
            @Override
            void truncate(Opened opened, Reply<ValidAttributes> answer) {
                writes.truncate(who, shown(node), toNothing(opened), answer);
            }

            @Override
            Opened with(Opened opened, ValidAttributes now) {
                return opened;
            }

            @Override
            void undo(Opened opened) {
                opens.release(opened.handle());
            }
        };
        super.open(caller, node, flags.withoutTruncation(), flags.truncates() ? truncating : reply);
    }

    /** A file that is there already, unknown to the kernel, is truncated as an open would. */
    @Override
    public void create(Caller caller, long parent, FileName name, int mode, OpenFlags flags, Reply<Created> reply) {
        Identity who = who(caller, flags.takesSetIds());
        Reply<Created> truncating = new Truncating<>(reply) {
            @Override
            void truncate(Created made, Reply<ValidAttributes> answer) {
                Attributes attributes = made.entry().attributes();
                if (attributes.size() == 0) {
                    answer.ok(new ValidAttributes(attributes, made.entry().attributesValidNanos()));
                } else {
                    writes.truncate(who, shown(made.entry().node()), toNothing(made.opened()), answer);
                }
            }

            @Override
            Created with(Created made, ValidAttributes now) {
                Entry entry = made.entry();
                return new Created(
                        new Entry(
                                entry.node(), now.attributes(), entry.entryValidNanos(), entry.attributesValidNanos()),
                        made.opened());
            }

            @Override
            void undo(Created made) {
                names.undo(made.entry());
                opens.release(made.opened().handle());
            }
        };
        creation.create(who(caller), shown(parent), name, mode, flags, flags.truncates() ? truncating : reply);
    }

    @Override
    public void tmpfile(Caller caller, long parent, int mode, OpenFlags flags, Reply<Created> reply) {
        creation.createUnnamed(who(caller), shown(parent), mode, flags, reply);
    }

    @Override
    public void write(WriteRequest request, OwnedBuffer bytes, Reply<Integer> reply) {
        writes.write(who(request.caller(), request.takesSetIds()), request, bytes, reply);
    }

    @Override
    public void flush(Caller caller, long node, long handle, long lockOwner, Reply<Void> reply) {
        writes.flush(handle, locks.closing(handle, lockOwner, writes.inTime(reply)));
    }

    @Override
    public void release(long node, long handle, OpenFlags flags, long lockOwner, Reply<Void> reply) {
        locks.released(handle);
        writes.release(handle, reply);
    }

    @Override
    public void fsync(Caller caller, long node, long handle, boolean dataOnly, Reply<Void> reply) {
        writes.fsync(handle, dataOnly, reply);
    }

    @Override
    public void fallocate(
            Caller caller, long node, long handle, int mode, long offset, long length, Reply<Void> reply) {
        writes.allocate(who(caller), handle, mode, offset, length, reply);
    }

    @Override
    public void copyFileRange(
            Caller caller,
            long node,
            long handle,
            long offset,
            long toNode,
            long toHandle,
            long toOffset,
            long length,
            Reply<Long> reply) {
        writes.copy(who(caller), handle, offset, toHandle, toOffset, length, reply);
    }

    @Override
    public void setxattr(Caller caller, long node, FileName name, byte[] value, int flags, Reply<Void> reply) {
        attributeChanges.setXattr(who(caller), shown(node), name, value, flags, reply);
    }

    @Override
    public void removexattr(Caller caller, long node, FileName name, Reply<Void> reply) {
        attributeChanges.removeXattr(who(caller), shown(node), name, reply);
    }

    @Override
    public void close() {
        super.close();
        writes.close();
    }
}
