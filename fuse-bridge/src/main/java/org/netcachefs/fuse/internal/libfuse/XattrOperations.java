package org.netcachefs.fuse.internal.libfuse;

import com.kenai.jffi.MemoryIO;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.FileSystem;
import org.netcachefs.fuse.internal.Guard;
import org.netcachefs.fuse.internal.Native;

/** Extended attributes. Thread-safe. */
final class XattrOperations {
    private static final MemoryIO MEMORY = Native.MEMORY;

    private final FileSystem fileSystem;
    private final Guard guard;
    private final PathWalk walk;

    XattrOperations(FileSystem fileSystem, Guard guard, PathWalk walk) {
        this.fileSystem = fileSystem;
        this.guard = guard;
        this.walk = walk;
    }

    int getxattr(long path, long name, long value, long size) {
        FileName attribute = FileName.of(MEMORY.getZeroTerminatedByteArray(name));
        return guard.call(
                "getxattr",
                Receiver.current().request(),
                () -> walk.at(path, (receiver, found) -> {
                    Pending<byte[]> pending = new Pending<>(receiver);
                    Calls.issue(
                            pending, () -> fileSystem.getxattr(receiver.caller(), found.node(), attribute, pending));
                    return answer(pending.value(), value, size);
                }));
    }

    int listxattr(long path, long list, long size) {
        return guard.call(
                "listxattr",
                Receiver.current().request(),
                () -> walk.at(path, (receiver, found) -> {
                    Pending<byte[]> pending = new Pending<>(receiver);
                    Calls.issue(pending, () -> fileSystem.listxattr(receiver.caller(), found.node(), pending));
                    return answer(pending.value(), list, size);
                }));
    }

    /** A size of 0 asks for the length only. */
    private static int answer(byte[] bytes, long memory, long size) throws ErrnoException {
        if (size > 0) {
            if (bytes.length > size) {
                throw new ErrnoException(Errno.ERANGE, bytes.length + " bytes do not fit into " + size);
            }
            MEMORY.putByteArray(memory, bytes, 0, bytes.length);
        }
        return bytes.length;
    }

    int setxattr(long path, long name, long value, long size, int flags) {
        return guard.call("setxattr", Receiver.current().request(), () -> {
            FileName attribute = FileName.of(MEMORY.getZeroTerminatedByteArray(name));
            byte[] bytes = new byte[Math.toIntExact(size)];
            MEMORY.getByteArray(value, bytes, 0, bytes.length);
            return walk.at(path, (receiver, found) -> {
                Pending<Void> pending = new Pending<>(receiver);
                Calls.issue(
                        pending,
                        () -> fileSystem.setxattr(receiver.caller(), found.node(), attribute, bytes, flags, pending));
                return pending.done();
            });
        });
    }

    int removexattr(long path, long name) {
        return guard.call("removexattr", Receiver.current().request(), () -> {
            FileName attribute = FileName.of(MEMORY.getZeroTerminatedByteArray(name));
            return walk.at(path, (receiver, found) -> {
                Pending<Void> pending = new Pending<>(receiver);
                Calls.issue(pending, () -> fileSystem.removexattr(receiver.caller(), found.node(), attribute, pending));
                return pending.done();
            });
        });
    }
}
