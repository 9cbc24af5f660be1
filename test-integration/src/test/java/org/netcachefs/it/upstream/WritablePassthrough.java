package org.netcachefs.it.upstream;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.TimeUnit;
import org.netcachefs.fuse.Caller;
import org.netcachefs.fuse.Created;
import org.netcachefs.fuse.Entry;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.OpenFlags;
import org.netcachefs.fuse.OwnedBuffer;
import org.netcachefs.fuse.Reply;
import org.netcachefs.fuse.SetAttributes;
import org.netcachefs.fuse.Timestamp;
import org.netcachefs.fuse.ValidAttributes;
import org.netcachefs.fuse.WriteRequest;

/** The writing half: enough for a cache directory (RocksDB, a preallocated file) to live on it. Thread-safe. */
final class WritablePassthrough extends PassthroughFileSystem {
    private static final int KEEP_SIZE = 1;

    WritablePassthrough(Backing backing, Switches switches, boolean directIo) {
        super(backing, switches, directIo);
    }

    @Override
    public void setattr(Caller caller, long node, SetAttributes change, Reply<ValidAttributes> reply) {
        guard(reply, () -> {
            Path path = backing.path(node);
            if (change.size() != null) {
                resize(path, change.size());
            }
            if (change.mode() != null) {
                Files.setAttribute(path, "unix:mode", change.mode() & 07777);
            }
            if (change.modified() != null) {
                Files.setLastModifiedTime(path, fileTime(change.modified()));
            }
            reply.ok(new ValidAttributes(backing.attributes(path), 0));
        });
    }

    private static FileTime fileTime(Timestamp time) {
        long nanos = time == SetAttributes.NOW ? System.currentTimeMillis() * 1_000_000 : time.toNanos();
        return FileTime.from(nanos, TimeUnit.NANOSECONDS);
    }

    private static void resize(Path path, long size) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(size);
        }
    }

    @Override
    public void mkdir(Caller caller, long parent, FileName name, int mode, Reply<Entry> reply) {
        guard(reply, () -> {
            Path path = Files.createDirectory(backing.child(parent, name));
            Files.setAttribute(path, "unix:mode", mode & 07777);
            reply.ok(entry(path));
        });
    }

    @Override
    public void mknod(Caller caller, long parent, FileName name, int mode, int device, Reply<Entry> reply) {
        guard(reply, () -> {
            Path path = Files.createFile(backing.child(parent, name));
            Files.setAttribute(path, "unix:mode", mode & 07777);
            reply.ok(entry(path));
        });
    }

    @Override
    public void unlink(Caller caller, long parent, FileName name, Reply<Void> reply) {
        guard(reply, () -> {
            Files.delete(backing.child(parent, name));
            reply.ok(null);
        });
    }

    @Override
    public void rmdir(Caller caller, long parent, FileName name, Reply<Void> reply) {
        unlink(caller, parent, name, reply);
    }

    @Override
    public void rename(
            Caller caller, long parent, FileName name, long newParent, FileName newName, int flags, Reply<Void> reply) {
        guard(reply, () -> {
            Path from = backing.child(parent, name);
            Path to = backing.child(newParent, newName);
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
            backing.moved(from, to);
            reply.ok(null);
        });
    }

    @Override
    public void link(Caller caller, long node, long newParent, FileName newName, Reply<Entry> reply) {
        guard(reply, () -> {
            Path path = Files.createLink(backing.child(newParent, newName), backing.path(node));
            reply.ok(entry(path));
        });
    }

    @Override
    public void create(Caller caller, long parent, FileName name, int mode, OpenFlags flags, Reply<Created> reply) {
        guard(reply, () -> {
            Path path = backing.child(parent, name);
            if (!Files.exists(path)) {
                Files.createFile(path);
                Files.setAttribute(path, "unix:mode", mode & 07777);
            }
            reply.ok(new Created(entry(path), opened(path, new OpenFlags(flags.bits() | OpenFlags.O_RDWR))));
        });
    }

    @Override
    public void write(WriteRequest request, OwnedBuffer data, Reply<Integer> reply) {
        guard(reply, () -> {
            try (data) {
                FileChannel channel = files.get(request.handle());
                ByteBuffer bytes = data.bytes();
                int length = bytes.remaining();
                long at = request.flags().appends() && !request.fromPageCache() ? channel.size() : request.offset();
                while (bytes.hasRemaining()) {
                    at += channel.write(bytes, at);
                }
                reply.ok(length);
            }
        });
    }

    @Override
    public void fsync(Caller caller, long node, long handle, boolean dataOnly, Reply<Void> reply) {
        guard(reply, () -> {
            files.get(handle).force(!dataOnly);
            reply.ok(null);
        });
    }

    @Override
    public void fsyncdir(Caller caller, long node, long handle, boolean dataOnly, Reply<Void> reply) {
        reply.ok(null);
    }

    @Override
    public void fallocate(
            Caller caller, long node, long handle, int mode, long offset, long length, Reply<Void> reply) {
        if ((mode & ~KEEP_SIZE) != 0) {
            reply.error(Errno.EOPNOTSUPP);
            return;
        }
        guard(reply, () -> {
            Path path = backing.path(node);
            if (mode == 0 && Files.size(path) < offset + length) {
                resize(path, offset + length);
            }
            reply.ok(null);
        });
    }
}
