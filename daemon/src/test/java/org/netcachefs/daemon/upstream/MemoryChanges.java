package org.netcachefs.daemon.upstream;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.netcachefs.daemon.upstream.UpstreamTree.DataHandle;
import org.netcachefs.daemon.upstream.UpstreamTree.PathHandle;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.FileType;
import org.netcachefs.fuse.SetAttributes;
import org.netcachefs.fuse.Timestamp;

/** The changes of a {@link MemoryUpstream}. Thread-safe. */
final class MemoryChanges implements UpstreamChanges {
    private static final int SEEK_DATA = 3;
    private static final int NOREPLACE = 1;
    private static final int EXCHANGE = 2;
    private static final int KEEP_SIZE = 1;
    private static final int PUNCH_HOLE = 2;

    private final MemoryUpstream tree;

    MemoryChanges(MemoryUpstream tree) {
        this.tree = tree;
    }

    // ---- opening

    @Override
    public DataHandle openToWrite(PathHandle file, int flags) throws ErrnoException {
        return tree.locked(() -> {
            MemoryNode node = MemoryUpstream.node(file);
            if (node.type != FileType.REGULAR) {
                throw new ErrnoException(Errno.EINVAL, "not a regular file");
            }
            tree.requireRights(node, (flags & 3) == 2 ? 6 : 2);
            if ((node.permissions & 0222) == 0) {
                throw new ErrnoException(Errno.EACCES, "open for writing");
            }
            return tree.handle(node, flags & 3);
        });
    }

    @Override
    public DataHandle create(PathHandle directory, FileName name, int mode, int flags) throws ErrnoException {
        return tree.locked(() -> tree.handle(add(directory, name, FileType.REGULAR, mode), flags & 3));
    }

    @Override
    public DataHandle createUnnamed(PathHandle directory, int mode, int flags) throws ErrnoException {
        return tree.locked(() -> {
            directory(directory);
            MemoryNode node = tree.side().node(FileType.REGULAR, mode & 07777);
            node.links = 0;
            return tree.handle(node, flags & 3);
        });
    }

    private MemoryNode add(PathHandle directory, FileName name, FileType type, int mode) throws ErrnoException {
        MemoryNode parent = directory(directory);
        if (parent.children.containsKey(name)) {
            throw new ErrnoException(Errno.EEXIST, name.toString());
        }
        tree.requireRights(parent, 2);
        MemoryNode node = tree.side().node(type, mode & 07777);
        node.uid = tree.actor().uid();
        node.gid = tree.actor().gid();
        parent.children.put(name, node);
        parent.touch(now());
        return node;
    }

    // ---- content

    @Override
    public int write(DataHandle file, long offset, ByteBuffer from) throws ErrnoException {
        byte[] bytes = new byte[from.remaining()];
        from.get(bytes);
        change(file, node -> node.content = node.content.written(offset, bytes).settled());
        return bytes.length;
    }

    @Override
    public long append(DataHandle file, ByteBuffer from) throws ErrnoException {
        return tree.locked(() -> {
            long end = MemoryUpstream.node(file).content.size();
            write(file, end, from);
            return end;
        });
    }

    @Override
    public void truncate(DataHandle file, long size) throws ErrnoException {
        change(file, node -> node.content = node.content.truncated(size).settled());
    }

    @Override
    public void truncate(PathHandle file, long size) throws ErrnoException {
        try (DataHandle data = openToWrite(file, 1)) {
            truncate(data, size);
        }
    }

    @Override
    public void allocate(DataHandle file, int mode, long offset, long length) throws ErrnoException {
        change(file, node -> {
            long end = Math.min(node.content.size(), offset + length);
            if ((mode & PUNCH_HOLE) != 0 && end > offset) {
                node.content = node.content
                        .written(offset, new byte[(int) (end - offset)])
                        .settled();
            } else if ((mode & KEEP_SIZE) == 0) {
                node.content = node.content
                        .truncated(Math.max(node.content.size(), offset + length))
                        .settled();
            }
        });
    }

    @Override
    public void sync(DataHandle file, boolean dataOnly) throws ErrnoException {
        MemoryUpstream.node(file);
    }

    @Override
    public void syncDirectory(PathHandle directory) throws ErrnoException {
        directory(directory);
    }

    @Override
    public void flush(DataHandle file) throws ErrnoException {
        MemoryUpstream.node(file);
    }

    @Override
    public long seek(DataHandle file, long offset, int whence) throws ErrnoException {
        return tree.locked(() -> {
            long size = MemoryUpstream.node(file).content.size();
            if (offset >= size) {
                throw new ErrnoException(Errno.ENXIO, "lseek");
            }
            return whence == SEEK_DATA ? offset : size;
        });
    }

    @Override
    public long copy(DataHandle from, long offset, DataHandle to, long toOffset, long length) throws ErrnoException {
        return tree.locked(() -> {
            Content source = MemoryUpstream.node(from).content;
            byte[] bytes = new byte[(int) Math.max(0, Math.min(length, source.size() - offset))];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = source.at(offset + i);
            }
            return bytes.length == 0 ? 0 : (long) write(to, toOffset, ByteBuffer.wrap(bytes));
        });
    }

    // ---- names

    @Override
    public void mkdir(PathHandle directory, FileName name, int mode) throws ErrnoException {
        tree.locked(() -> {
            directory(directory).links++;
            return add(directory, name, FileType.DIRECTORY, mode);
        });
    }

    @Override
    public void mknod(PathHandle directory, FileName name, int mode, int device) throws ErrnoException {
        tree.locked(() -> add(directory, name, FileType.ofMode(mode), mode));
    }

    @Override
    public void symlink(PathHandle directory, FileName name, byte[] target) throws ErrnoException {
        tree.locked(() -> add(directory, name, FileType.SYMLINK, 0777).target = target.clone());
    }

    @Override
    public void link(UpstreamTree.Handle object, PathHandle directory, FileName name) throws ErrnoException {
        tree.locked(() -> {
            MemoryNode node = MemoryUpstream.node(object);
            MemoryNode parent = directory(directory);
            if (parent.children.containsKey(name)) {
                throw new ErrnoException(Errno.EEXIST, name.toString());
            }
            parent.children.put(name, node);
            parent.touch(now());
            node.links++;
            node.changed = now();
            return node;
        });
    }

    @Override
    public void rename(PathHandle directory, FileName name, PathHandle newDirectory, FileName newName, int flags)
            throws ErrnoException {
        tree.locked(() -> {
            MemoryNode parent = directory(directory);
            MemoryNode newParent = directory(newDirectory);
            MemoryNode node = child(parent, name);
            MemoryNode there = newParent.children.get(newName);
            if (flags == NOREPLACE && there != null) {
                throw new ErrnoException(Errno.EEXIST, newName.toString());
            }
            if (flags == EXCHANGE) {
                parent.children.put(name, child(newParent, newName));
            } else {
                parent.children.remove(name);
                unlinked(there);
            }
            newParent.children.put(newName, node);
            node.changed = now();
            parent.touch(now());
            newParent.touch(now());
            return node;
        });
    }

    @Override
    public void unlink(PathHandle directory, FileName name) throws ErrnoException {
        tree.locked(() -> {
            if (child(directory(directory), name).type == FileType.DIRECTORY) {
                throw new ErrnoException(Errno.EISDIR, name.toString());
            }
            return removed(directory(directory), name);
        });
    }

    @Override
    public void rmdir(PathHandle directory, FileName name) throws ErrnoException {
        tree.locked(() -> {
            MemoryNode node = child(directory(directory), name);
            if (node.type != FileType.DIRECTORY) {
                throw new ErrnoException(Errno.ENOTDIR, name.toString());
            }
            if (!node.children.isEmpty()) {
                throw new ErrnoException(Errno.ENOTEMPTY, name.toString());
            }
            directory(directory).links--;
            return removed(directory(directory), name);
        });
    }

    private MemoryNode removed(MemoryNode parent, FileName name) {
        MemoryNode node = parent.children.remove(name);
        parent.touch(now());
        unlinked(node);
        return node;
    }

    private void unlinked(@Nullable MemoryNode node) {
        if (node != null) {
            node.links = node.type == FileType.DIRECTORY ? 0 : node.links - 1;
            node.changed = now();
        }
    }

    // ---- attributes

    @Override
    public void chmod(UpstreamTree.Handle object, int mode) throws ErrnoException {
        int owner = tree.locked(() -> MemoryUpstream.node(object).uid);
        if (!tree.actor().isOwn() && tree.actor().uid() != owner) {
            throw new ErrnoException(Errno.EPERM, "chmod");
        }
        changeStatus(object, node -> node.permissions = mode & 07777);
    }

    @Override
    public void chown(UpstreamTree.Handle object, int uid, int gid) throws ErrnoException {
        changeStatus(object, node -> {
            node.uid = uid == -1 ? node.uid : uid;
            node.gid = gid == -1 ? node.gid : gid;
        });
    }

    @Override
    @SuppressWarnings("ReferenceEquality")
    public void times(UpstreamTree.Handle object, @Nullable Timestamp accessed, @Nullable Timestamp modified)
            throws ErrnoException {
        changeStatus(object, node -> {
            if (modified != null) {
                node.modified = modified == SetAttributes.NOW ? now() : modified.toNanos();
            }
        });
    }

    @Override
    public void setxattr(UpstreamTree.Handle object, FileName name, byte[] value, int flags) throws ErrnoException {
        tree.locked(() -> {
            boolean there = MemoryUpstream.node(object).attributes.containsKey(name.toString());
            if (flags == 1 && there) {
                throw new ErrnoException(Errno.EEXIST, "setxattr");
            }
            if (flags == 2 && !there) {
                throw new ErrnoException(Errno.ENODATA, "setxattr");
            }
            changeStatus(object, node -> node.attributes.put(name.toString(), value.clone()));
            return there;
        });
    }

    @Override
    public void removexattr(UpstreamTree.Handle object, FileName name) throws ErrnoException {
        tree.locked(() -> {
            if (!MemoryUpstream.node(object).attributes.containsKey(name.toString())) {
                throw new ErrnoException(Errno.ENODATA, "removexattr");
            }
            changeStatus(object, node -> node.attributes.remove(name.toString()));
            return true;
        });
    }

    // ---- nodes

    private interface Change {
        void make(MemoryNode node);
    }

    private void change(DataHandle file, Change change) throws ErrnoException {
        tree.locked(() -> {
            MemoryNode node = MemoryUpstream.node(file);
            change.make(node);
            node.touch(now());
            node.pages.clear();
            return node;
        });
    }

    private void changeStatus(UpstreamTree.Handle object, Change change) throws ErrnoException {
        tree.locked(() -> {
            MemoryNode node = MemoryUpstream.node(object);
            change.make(node);
            node.changed = now();
            return node;
        });
    }

    private static MemoryNode directory(PathHandle handle) throws ErrnoException {
        MemoryNode node = MemoryUpstream.node(handle);
        if (node.type != FileType.DIRECTORY) {
            throw new ErrnoException(Errno.ENOTDIR, "not a directory");
        }
        return node;
    }

    private static MemoryNode child(MemoryNode parent, FileName name) throws ErrnoException {
        MemoryNode node = parent.children.get(name);
        if (node == null) {
            throw new ErrnoException(Errno.ENOENT, name.toString());
        }
        return node;
    }

    private long now() {
        return tree.clock().getAsLong();
    }
}
