package org.netcachefs.fuse.internal.libfuse;

import com.kenai.jffi.MemoryIO;
import org.jspecify.annotations.Nullable;
import org.netcachefs.fuse.Attributes;
import org.netcachefs.fuse.Entry;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileSystem;
import org.netcachefs.fuse.FileSystemStatus;
import org.netcachefs.fuse.SetAttributes;
import org.netcachefs.fuse.Timestamp;
import org.netcachefs.fuse.ValidAttributes;
import org.netcachefs.fuse.internal.Guard;
import org.netcachefs.fuse.internal.Native;

/** Attributes, rights and link targets. Thread-safe. */
final class NodeOperations {
    private static final MemoryIO MEMORY = Native.MEMORY;
    /** {@code tv_nsec} of utimensat(2). */
    private static final long UTIME_NOW = (1L << 30) - 1;

    private static final long UTIME_OMIT = (1L << 30) - 2;
    private static final int UNCHANGED = -1;

    private final FileSystem fileSystem;
    private final Guard guard;
    private final PathWalk walk;
    private final HandleTable handles;

    NodeOperations(FileSystem fileSystem, Guard guard, PathWalk walk, HandleTable handles) {
        this.fileSystem = fileSystem;
        this.guard = guard;
        this.walk = walk;
        this.handles = handles;
    }

    /** A lookup or a getattr: libfuse does not say which. What the walk learnt serves if it is valid. */
    int getattr(long path, long stat) {
        return guard.call("getattr", Receiver.current().request(), () -> {
            try {
                return walk.atLookedUp(path, (receiver, found) -> attributes(receiver, found, stat));
            } catch (ErrnoException e) {
                return hiddenAttributes(path, stat, e);
            }
        });
    }

    private int attributes(Receiver receiver, PathWalk.Found found, long stat) throws ErrnoException {
        Entry entry = found.entry();
        if (entry != null && entry.attributesValidNanos() > 0) {
            Stats.put(stat, entry.attributes());
            return 0;
        }
        return attributes(receiver, found.node(), FileSystem.NO_HANDLE, stat);
    }

    /** libfuse removes a hidden name with the last release it knows of, though somebody may just have opened the file by it. */
    private int hiddenAttributes(long path, long stat, ErrnoException missing) throws ErrnoException {
        Receiver receiver = Receiver.current();
        OpenHandle open = missing.errno() == Errno.ENOENT
                        && HiddenFiles.isHidden(NativePath.at(path).name())
                ? handles.ofKernelNode(receiver.kernelNode())
                : null;
        if (open == null) {
            throw missing;
        }
        return attributes(receiver, open.node(), open.handle(), stat);
    }

    int fgetattr(long path, long stat, long info) {
        Receiver receiver = Receiver.current();
        return guard.call("fgetattr", receiver.request(), () -> {
            OpenHandle open = handles.get(MEMORY.getLong(info + Layout.FileInfo.HANDLE));
            return attributes(receiver, open.node(), open.handle(), stat);
        });
    }

    private int attributes(Receiver receiver, long node, long handle, long stat) throws ErrnoException {
        Pending<ValidAttributes> pending = new Pending<>(receiver);
        Calls.issue(pending, () -> fileSystem.getattr(receiver.caller(), node, handle, pending));
        Attributes attributes = pending.value().attributes();
        Stats.put(stat, attributes);
        return 0;
    }

    int chmod(long path, int mode) {
        return change("chmod", path, new SetAttributes(mode, null, null, null, null, null, null));
    }

    int chown(long path, int uid, int gid) {
        return change("chown", path, new SetAttributes(null, id(uid), id(gid), null, null, null, null));
    }

    private static @Nullable Integer id(int number) {
        return number == UNCHANGED ? null : number;
    }

    int truncate(long path, long size) {
        return change("truncate", path, new SetAttributes(null, null, null, size, null, null, null));
    }

    int ftruncate(long path, long size, long info) {
        Receiver receiver = Receiver.current();
        return guard.call("ftruncate", receiver.request(), () -> {
            OpenHandle open = handles.get(MEMORY.getLong(info + Layout.FileInfo.HANDLE));
            return set(receiver, open.node(), new SetAttributes(null, null, null, size, null, null, open.handle()));
        });
    }

    int utimens(long path, long times) {
        Timestamp now = SetAttributes.NOW;
        Timestamp accessed = times == 0 ? now : time(times);
        Timestamp modified = times == 0 ? now : time(times + Layout.Time.SIZE);
        return change("utimens", path, new SetAttributes(null, null, null, null, accessed, modified, null));
    }

    private static @Nullable Timestamp time(long address) {
        long nanos = MEMORY.getLong(address + Layout.Time.NANOS);
        if (nanos == UTIME_NOW) {
            return SetAttributes.NOW;
        }
        return nanos == UTIME_OMIT ? null : new Timestamp(MEMORY.getLong(address), (int) nanos);
    }

    private int change(String operation, long path, SetAttributes change) {
        return guard.call(
                operation,
                Receiver.current().request(),
                () -> walk.at(path, (receiver, found) -> set(receiver, found.node(), change)));
    }

    private int set(Receiver receiver, long node, SetAttributes change) throws ErrnoException {
        Pending<ValidAttributes> pending = new Pending<>(receiver);
        Calls.issue(pending, () -> fileSystem.setattr(receiver.caller(), node, change, pending));
        pending.value();
        return 0;
    }

    int readlink(long path, long buffer, long size) {
        return guard.call(
                "readlink",
                Receiver.current().request(),
                () -> walk.at(path, (receiver, found) -> {
                    Pending<byte[]> pending = new Pending<>(receiver);
                    Calls.issue(pending, () -> fileSystem.readlink(receiver.caller(), found.node(), pending));
                    byte[] target = pending.value();
                    int length = (int) Math.min(target.length, size - 1);
                    MEMORY.putZeroTerminatedByteArray(buffer, target, 0, length);
                    return 0;
                }));
    }

    int access(long path, int mask) {
        return guard.call(
                "access",
                Receiver.current().request(),
                () -> walk.at(path, (receiver, found) -> {
                    Pending<Void> pending = new Pending<>(receiver);
                    Calls.issue(pending, () -> fileSystem.access(receiver.caller(), found.node(), mask, pending));
                    return pending.done();
                }));
    }

    int statfs(long path, long stat) {
        return guard.call(
                "statfs",
                Receiver.current().request(),
                () -> walk.at(path, (receiver, found) -> {
                    Pending<FileSystemStatus> pending = new Pending<>(receiver);
                    Calls.issue(pending, () -> fileSystem.statfs(receiver.caller(), found.node(), pending));
                    Stats.put(stat, pending.value());
                    return 0;
                }));
    }
}
