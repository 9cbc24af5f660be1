package org.netcachefs.it.upstream;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.netcachefs.fuse.Attributes;
import org.netcachefs.fuse.Caller;
import org.netcachefs.fuse.DirectoryReply;
import org.netcachefs.fuse.Entry;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.FileSystem;
import org.netcachefs.fuse.FileSystemStatus;
import org.netcachefs.fuse.FileType;
import org.netcachefs.fuse.LockRequest;
import org.netcachefs.fuse.OpenFlags;
import org.netcachefs.fuse.Opened;
import org.netcachefs.fuse.ReadReply;
import org.netcachefs.fuse.ReadRequest;
import org.netcachefs.fuse.Reply;
import org.netcachefs.fuse.ValidAttributes;

/** The reading half of the test upstream: shows a folder as it is, lets the kernel remember nothing, counts data read. Thread-safe. */
class PassthroughFileSystem implements FileSystem {
    final Backing backing;
    final Map<Long, FileChannel> files = new ConcurrentHashMap<>();
    final AtomicLong nextHandle = new AtomicLong(1);
    private final Map<Long, List<Listed>> directories = new ConcurrentHashMap<>();
    private final Map<Long, Path> names = new ConcurrentHashMap<>();
    private final Switches switches;
    private final boolean directIo;

    /** One entry of an open directory. */
    private record Listed(FileName name, long inode, FileType type) {}

    /** Something that answers, or fails with an errno of the folder below. */
    interface Body {
        void run() throws IOException;
    }

    PassthroughFileSystem(Backing backing, Switches switches, boolean directIo) {
        this.backing = backing;
        this.switches = switches;
        this.directIo = directIo;
    }

    static void guard(Reply<?> reply, Body body) {
        try {
            body.run();
        } catch (IOException e) {
            reply.error(Backing.errno(e));
        }
    }

    Entry entry(Path path) throws IOException {
        Attributes attributes = backing.look(path);
        return new Entry(attributes.inode(), attributes, 0, 0);
    }

    @Override
    public void lookup(Caller caller, long parent, FileName name, Reply<Entry> reply) {
        guard(reply, () -> reply.ok(entry(backing.child(parent, name))));
    }

    @Override
    public void getattr(Caller caller, long node, long handle, Reply<ValidAttributes> reply) {
        guard(reply, () -> reply.ok(new ValidAttributes(backing.attributes(backing.path(node)), 0)));
    }

    @Override
    public void readlink(Caller caller, long node, Reply<byte[]> reply) {
        guard(
                reply,
                () -> reply.ok(
                        Files.readSymbolicLink(backing.path(node)).toString().getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public void access(Caller caller, long node, int mask, Reply<Void> reply) {
        reply.ok(null);
    }

    /** One process only locks here: every lock is granted. */
    @Override
    public void setlk(LockRequest request, Reply<Void> reply) {
        reply.ok(null);
    }

    @Override
    public void statfs(Caller caller, long node, Reply<FileSystemStatus> reply) {
        guard(reply, () -> {
            FileStore store = Files.getFileStore(backing.root());
            long free = store.getUsableSpace() / 4096;
            reply.ok(new FileSystemStatus(4096, store.getTotalSpace() / 4096, free, free, 1_000_000, 1_000_000, 255));
        });
    }

    @Override
    public void open(Caller caller, long node, OpenFlags flags, Reply<Opened> reply) {
        guard(reply, () -> reply.ok(opened(backing.path(node), flags)));
    }

    Opened opened(Path path, OpenFlags flags) throws IOException {
        Set<StandardOpenOption> options = flags.writes()
                ? Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE)
                : Set.of(StandardOpenOption.READ);
        FileChannel channel = FileChannel.open(path, options);
        if (flags.truncates()) {
            channel.truncate(0);
        }
        long handle = nextHandle.getAndIncrement();
        files.put(handle, channel);
        names.put(handle, path);
        return directIo ? Opened.handle(handle).directIo() : Opened.handle(handle);
    }

    @Override
    public void read(ReadRequest request, ReadReply reply) {
        try {
            ByteBuffer to = reply.buffer();
            to.limit(Math.min(Math.min(request.length(), switches.longestRead()), to.capacity()));
            FileChannel channel = files.get(request.handle());
            int total = 0;
            while (to.hasRemaining()) {
                int got = channel.read(to, request.offset() + total);
                if (got < 0) {
                    break;
                }
                total += got;
            }
            switches.read(names.get(request.handle()), total);
            reply.filled(total);
        } catch (IOException e) {
            reply.error(Backing.errno(e));
        }
    }

    @Override
    public void flush(Caller caller, long node, long handle, long lockOwner, Reply<Void> reply) {
        reply.ok(null);
    }

    @Override
    public void release(long node, long handle, OpenFlags flags, long lockOwner, Reply<Void> reply) {
        guard(reply, () -> {
            names.remove(handle);
            FileChannel channel = files.remove(handle);
            if (channel != null) {
                channel.close();
            }
            reply.ok(null);
        });
    }

    @Override
    public void opendir(Caller caller, long node, OpenFlags flags, Reply<Opened> reply) {
        guard(reply, () -> {
            List<Listed> listed = new ArrayList<>();
            listed.add(new Listed(FileName.of("."), node, FileType.DIRECTORY));
            listed.add(new Listed(FileName.of(".."), node, FileType.DIRECTORY));
            try (var entries = Files.newDirectoryStream(backing.path(node))) {
                for (Path path : entries) {
                    add(listed, path);
                }
            }
            long handle = nextHandle.getAndIncrement();
            directories.put(handle, listed);
            reply.ok(Opened.handle(handle));
        });
    }

    private void add(List<Listed> to, Path path) {
        try {
            Attributes attributes = backing.attributes(path);
            to.add(new Listed(FileName.of(path.getFileName().toString()), attributes.inode(), attributes.type()));
        } catch (IOException e) {
            // Gone since it was listed.
        }
    }

    @Override
    public void readdir(
            Caller caller, long node, long handle, long position, boolean withAttributes, DirectoryReply reply) {
        List<Listed> listed = directories.get(handle);
        if (listed == null) {
            reply.error(Errno.EBADF);
            return;
        }
        for (int at = (int) position; at < listed.size(); at++) {
            Listed one = listed.get(at);
            if (!reply.add(one.name(), one.inode(), one.type(), at + 1L, null)) {
                break;
            }
        }
        reply.end();
    }

    @Override
    public void releasedir(long node, long handle, Reply<Void> reply) {
        directories.remove(handle);
        reply.ok(null);
    }
}
