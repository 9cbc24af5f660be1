package org.netcachefs.daemon.netfs;

import com.kenai.jffi.MemoryIO;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.netcachefs.fuse.Attributes;
import org.netcachefs.fuse.Caller;
import org.netcachefs.fuse.Created;
import org.netcachefs.fuse.DirectoryReply;
import org.netcachefs.fuse.Entry;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.FileSystem;
import org.netcachefs.fuse.FileType;
import org.netcachefs.fuse.LockRequest;
import org.netcachefs.fuse.LockState;
import org.netcachefs.fuse.OpenFlags;
import org.netcachefs.fuse.Opened;
import org.netcachefs.fuse.OwnedBuffer;
import org.netcachefs.fuse.ReadReply;
import org.netcachefs.fuse.ReadRequest;
import org.netcachefs.fuse.Reply;
import org.netcachefs.fuse.Segment;
import org.netcachefs.fuse.SetAttributes;
import org.netcachefs.fuse.ValidAttributes;
import org.netcachefs.fuse.WriteRequest;

/** Uses a file system as a path-walking transport does: by lookups from the root, once more when an open says ESTALE. */
final class Client {
    static final Caller CALLER = new Caller(0, 0, 1);
    private static final long SECONDS = 20;

    private final FileSystem files;
    private final Caller caller;
    /** Or it is EIO. */
    volatile boolean canReadLent = true;

    Client(FileSystem files) {
        this(files, CALLER);
    }

    private Client(FileSystem files, Caller caller) {
        this.files = files;
        this.caller = caller;
    }

    /** The same file system, used by a process of somebody else. */
    Client as(Caller other) {
        return new Client(files, other);
    }

    /** An answer as it comes. */
    static final class Answered<T> implements Reply<T> {
        final CompletableFuture<T> value = new CompletableFuture<>();
        volatile Runnable interrupt = () -> {};

        @Override
        public boolean ok(T answer) {
            return value.complete(answer);
        }

        @Override
        public boolean error(Errno errno) {
            return value.completeExceptionally(new ErrnoException(errno, "answer"));
        }

        @Override
        public void onInterrupt(Runnable action) {
            interrupt = action;
        }
    }

    /** The answer to a read, into a buffer that is poisoned once answered. */
    static final class ReadAnswered implements ReadReply {
        final CompletableFuture<byte[]> value = new CompletableFuture<>();
        private final boolean canReadLent;
        private final ByteBuffer buffer;
        volatile Runnable interrupt = () -> {};

        ReadAnswered(int length, boolean canReadLent) {
            this.canReadLent = canReadLent;
            buffer = ByteBuffer.allocateDirect(length);
        }

        @Override
        public ByteBuffer buffer() {
            return buffer;
        }

        @Override
        public boolean filled(int length) {
            byte[] bytes = new byte[length];
            buffer.duplicate().clear().get(bytes);
            return value.complete(bytes);
        }

        @Override
        public boolean lent(long address, int length) {
            if (!canReadLent) {
                error(Errno.EIO);
                return false;
            }
            byte[] bytes = new byte[length];
            MemoryIO.getInstance().getByteArray(address, bytes, 0, length);
            return value.complete(bytes);
        }

        @Override
        public boolean segments(List<Segment> pieces, Runnable released, Consumer<Errno> sourceFailed) {
            byte[] bytes = new byte[pieces.stream().mapToInt(Segment::length).sum()];
            ByteBuffer to = ByteBuffer.wrap(bytes);
            Errno failure = null;
            for (Segment piece : pieces) {
                failure = failure == null ? readRegion(piece, to) : failure;
            }
            released.run();
            if (failure != null) {
                sourceFailed.accept(failure);
                return true;
            }
            return value.complete(bytes);
        }

        private static @Nullable Errno readRegion(Segment region, ByteBuffer to) {
            try (FileChannel file = FileChannel.open(Path.of("/proc/self/fd/" + region.descriptor()))) {
                int end = to.position() + region.length();
                int read = file.read(to.limit(end), region.position());
                to.clear().position(end);
                return read == region.length() ? null : Errno.EIO;
            } catch (IOException e) {
                return Errno.EBADF;
            }
        }

        @Override
        public boolean error(Errno errno) {
            return value.completeExceptionally(new ErrnoException(errno, "read"));
        }

        @Override
        public void onInterrupt(Runnable action) {
            interrupt = action;
        }
    }

    static <T> T get(CompletableFuture<T> stage) throws ErrnoException {
        try {
            return stage.get(SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ErrnoException errno) {
                throw errno;
            }
            throw new AssertionError(e);
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("no answer", e);
        }
    }

    static Errno errnoOf(CompletableFuture<?> stage) {
        try {
            get(stage);
            throw new AssertionError("no error");
        } catch (ErrnoException e) {
            return e.errno();
        }
    }

    /** What a request is answered with. */
    interface Request<T> {
        void send(Reply<T> reply);
    }

    static <T> T ask(Request<T> request) throws ErrnoException {
        Answered<T> reply = new Answered<>();
        request.send(reply);
        return get(reply.value);
    }

    /** The node of a directory, "" being the root. */
    long directory(String path) throws ErrnoException {
        return path.isEmpty() ? FileSystem.ROOT : walk(path).node();
    }

    /** Walks once more on ESTALE, as the kernel does. */
    Entry walk(String path) throws ErrnoException {
        try {
            return walkOnce(path);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ESTALE) {
                throw e;
            }
            return walkOnce(path);
        }
    }

    private Entry walkOnce(String path) throws ErrnoException {
        Entry entry = null;
        long node = FileSystem.ROOT;
        List<Long> taken = new ArrayList<>();
        try {
            for (String name : path.split("/")) {
                Answered<Entry> reply = new Answered<>();
                files.lookup(caller, node, FileName.of(name), reply);
                entry = get(reply.value);
                if (entry.isNegative()) {
                    throw new ErrnoException(Errno.ENOENT, path);
                }
                node = entry.node();
                taken.add(node);
            }
        } finally {
            taken.forEach(id -> files.forget(id, 1));
        }
        return entry;
    }

    Attributes stat(String path) throws ErrnoException {
        return getattr(walk(path).node(), FileSystem.NO_HANDLE);
    }

    Attributes getattr(long node, long handle) throws ErrnoException {
        Answered<org.netcachefs.fuse.ValidAttributes> reply = new Answered<>();
        files.getattr(caller, node, handle, reply);
        return get(reply.value).attributes();
    }

    Open open(String path) throws ErrnoException {
        try {
            return openNode(walk(path).node());
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ESTALE) {
                throw e;
            }
            return openNode(walk(path).node());
        }
    }

    Open openNode(long node) throws ErrnoException {
        return openNode(node, OpenFlags.READ);
    }

    Open openNode(long node, OpenFlags flags) throws ErrnoException {
        Answered<Opened> reply = new Answered<>();
        files.open(caller, node, flags, reply);
        return new Open(node, get(reply.value), flags);
    }

    Open openToWrite(String path, int flags) throws ErrnoException {
        long node = walk(path).node();
        OpenFlags how = new OpenFlags(flags);
        return new Open(node, ask(reply -> files.open(caller, node, how, reply)), how);
    }

    Open create(String name, int flags) throws ErrnoException {
        return create(name, flags, 0644);
    }

    Open create(String name, int flags, int mode) throws ErrnoException {
        return create(FileSystem.ROOT, name, flags, mode);
    }

    Open create(long directory, String name, int flags, int mode) throws ErrnoException {
        OpenFlags how = new OpenFlags(flags | OpenFlags.O_CREAT);
        Created created = ask(reply -> files.create(caller, directory, FileName.of(name), mode, how, reply));
        files.forget(created.entry().node(), 1);
        return new Open(created.entry().node(), created.opened(), how);
    }

    Attributes set(long node, SetAttributes change) throws ErrnoException {
        return Client.<ValidAttributes>ask(reply -> files.setattr(caller, node, change, reply))
                .attributes();
    }

    byte[] read(String path) throws ErrnoException {
        try (Open open = open(path)) {
            java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
            while (true) {
                byte[] some = open.read(all.size(), 128 << 10);
                all.writeBytes(some);
                if (some.length < 128 << 10) {
                    return all.toByteArray();
                }
            }
        }
    }

    List<String> list(String path) throws ErrnoException {
        long node = path.isEmpty() ? FileSystem.ROOT : walk(path).node();
        Answered<Opened> opened = new Answered<>();
        files.opendir(caller, node, OpenFlags.READ, opened);
        long handle = get(opened.value).handle();
        List<String> names = new ArrayList<>();
        long position = 0;
        while (true) {
            Batch batch = new Batch(position, 3);
            files.readdir(caller, node, handle, position, false, batch);
            get(batch.done);
            if (batch.names.isEmpty()) {
                break;
            }
            names.addAll(batch.names);
            position = batch.position;
        }
        files.releasedir(node, handle, new Answered<>());
        names.removeAll(List.of(".", ".."));
        return names;
    }

    private static final class Batch implements DirectoryReply {
        final CompletableFuture<Boolean> done = new CompletableFuture<>();
        final List<String> names = new ArrayList<>();
        private final int most;
        private long position;

        Batch(long position, int most) {
            this.position = position;
            this.most = most;
        }

        @Override
        public boolean add(FileName name, long inode, FileType type, long nextPosition, Entry entry) {
            if (names.size() == most) {
                return false;
            }
            names.add(name.toString());
            position = nextPosition;
            return true;
        }

        @Override
        public boolean end() {
            return done.complete(true);
        }

        @Override
        public boolean error(Errno errno) {
            return done.completeExceptionally(new ErrnoException(errno, "readdir"));
        }

        @Override
        public void onInterrupt(Runnable action) {}
    }

    /** What is written belongs to nobody once it is closed. */
    private record Poisoned(ByteBuffer bytes) implements OwnedBuffer {
        @Override
        public void close() {
            for (int i = 0; i < bytes.capacity(); i++) {
                bytes.put(i, (byte) 0x55);
            }
        }
    }

    /** Whether a lock is granted at once. */
    boolean lock(LockRequest request) throws ErrnoException {
        try {
            Client.<Void>ask(reply -> files.setlk(request, reply));
            return true;
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EAGAIN) {
                throw e;
            }
            return false;
        }
    }

    /** Asks for a lock without waiting for the answer. */
    Answered<Void> tryLock(LockRequest request) {
        Answered<Void> reply = new Answered<>();
        files.setlk(request, reply);
        return reply;
    }

    /** Asks for a lock and waits for it. */
    Answered<Void> awaitLock(LockRequest request) {
        return tryLock(blocking(request));
    }

    static LockRequest blocking(LockRequest r) {
        return new LockRequest(
                r.caller(), r.node(), r.handle(), r.owner(), r.start(), r.endInclusive(), r.kind(), r.flock(), true);
    }

    LockState query(LockRequest request) throws ErrnoException {
        return ask(reply -> files.getlk(request, reply));
    }

    /** An open file. */
    final class Open implements AutoCloseable {
        final long node;
        final Opened opened;
        private final OpenFlags flags;

        Open(long node, Opened opened, OpenFlags flags) {
            this.node = node;
            this.opened = opened;
            this.flags = flags;
        }

        Answered<Integer> beginWrite(long offset, byte[] bytes) {
            return beginWrite(offset, bytes, flags);
        }

        /** {@code now}: what the open file's flags have become, by fcntl(F_SETFL). */
        Answered<Integer> beginWrite(long offset, byte[] bytes, OpenFlags now) {
            Answered<Integer> reply = new Answered<>();
            ByteBuffer direct =
                    ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
            WriteRequest request = new WriteRequest(caller, node, opened.handle(), offset, 0, now, false, false);
            files.write(request, new Poisoned(direct), reply);
            return reply;
        }

        void write(long offset, byte[] bytes) throws ErrnoException {
            if (get(beginWrite(offset, bytes).value) != bytes.length) {
                throw new AssertionError("short write");
            }
        }

        void flush() throws ErrnoException {
            flush(0);
        }

        void flush(long owner) throws ErrnoException {
            Client.<Void>ask(reply -> files.flush(caller, node, opened.handle(), owner, reply));
        }

        LockRequest posix(long owner, LockRequest.Kind kind, long start, long end) {
            return new LockRequest(caller, node, opened.handle(), owner, start, end, kind, false, false);
        }

        LockRequest flock(LockRequest.Kind kind) {
            return new LockRequest(caller, node, opened.handle(), 0, 0, Long.MAX_VALUE, kind, true, false);
        }

        void sync() throws ErrnoException {
            Client.<Void>ask(reply -> files.fsync(caller, node, opened.handle(), false, reply));
        }

        void allocate(int mode, long offset, long length) throws ErrnoException {
            Client.<Void>ask(reply -> files.fallocate(caller, node, opened.handle(), mode, offset, length, reply));
        }

        Attributes truncate(long size) throws ErrnoException {
            return set(node, new SetAttributes(null, null, null, size, null, null, opened.handle()));
        }

        /** As close(2) does. */
        void end() throws ErrnoException {
            try {
                flush();
            } finally {
                close();
            }
        }

        ReadAnswered begin(long offset, int length) {
            ReadAnswered reply = new ReadAnswered(length, canReadLent);
            files.read(new ReadRequest(caller, node, opened.handle(), offset, length, 0, OpenFlags.READ), reply);
            return reply;
        }

        byte[] read(long offset, int length) throws ErrnoException {
            return get(begin(offset, length).value);
        }

        @Override
        public void close() throws ErrnoException {
            Answered<Void> reply = new Answered<>();
            files.release(node, opened.handle(), flags, 0, reply);
            get(reply.value);
        }
    }
}
