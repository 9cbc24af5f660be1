package org.netcachefs.fuse.internal.libfuse;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import jnr.ffi.BaseStruct;
import jnr.ffi.Pointer;
import jnr.ffi.Struct;
import org.netcachefs.fuse.FileSystem;
import org.netcachefs.fuse.internal.Guard;
import org.netcachefs.fuse.internal.Native;

/** jnr-fuse's {@code struct fuse_operations} with our callbacks in it. It must outlive the session. Immutable once made. */
final class OperationTable {
    /** nullpath_ok, nopath: an open handle's operations get no path (and lock none); utime_omit_ok. */
    private static final byte FLAGS = 0b111;

    private final Pointer memory;
    private final int size;
    private final Guard guard;
    private final DataOperations data;
    private final KernelInodes inodes;
    private final LockOperations locks;
    /** jnr-ffi holds callbacks weakly. */
    private final List<Object> callbacks = new ArrayList<>();

    OperationTable(FileSystem fileSystem, Guard guard) {
        this.guard = guard;
        OperationLayout table = new OperationLayout();
        size = Struct.size(table);
        memory = Native.RUNTIME.getMemoryManager().allocateDirect(size, true);
        PathWalk walk = new PathWalk(fileSystem);
        HandleTable handles = new HandleTable();
        inodes = new KernelInodes();
        data = new DataOperations(fileSystem, guard, handles);
        addNodes(table, new NodeOperations(fileSystem, guard, walk, handles));
        addDirectories(table, new DirectoryOperations(fileSystem, guard, walk, handles));
        addFiles(table, new FileOperations(fileSystem, guard, walk, handles, inodes));
        addXattrs(table, new XattrOperations(fileSystem, guard, walk));
        locks = new LockOperations(fileSystem, guard, handles, inodes);
        if (implementsLocks(fileSystem)) {
            add(table, table.lock, Callbacks.LLIL.class, locks::lock);
            add(table, table.flock, Callbacks.LLI.class, locks::flock);
        }
        memory.putByte(table.flagsOffset(), FLAGS);
    }

    /** Without them the kernel keeps locks among its own processes; an ENOSYS of ours would reach the application. */
    private static boolean implementsLocks(FileSystem fileSystem) {
        return Arrays.stream(fileSystem.getClass().getMethods())
                .anyMatch(method -> method.getName().equals("setlk") && method.getDeclaringClass() != FileSystem.class);
    }

    private void addNodes(OperationLayout table, NodeOperations nodes) {
        add(table, table.getattr, Callbacks.LL.class, nodes::getattr);
        add(table, table.fgetattr, Callbacks.LLL.class, nodes::fgetattr);
        add(table, table.readlink, Callbacks.LLL.class, nodes::readlink);
        add(table, table.chmod, Callbacks.LI.class, nodes::chmod);
        add(table, table.chown, Callbacks.LII.class, nodes::chown);
        add(table, table.truncate, Callbacks.LL.class, nodes::truncate);
        add(table, table.ftruncate, Callbacks.LLL.class, nodes::ftruncate);
        add(table, table.utimens, Callbacks.LL.class, nodes::utimens);
        add(table, table.access, Callbacks.LI.class, nodes::access);
        add(table, table.statfs, Callbacks.LL.class, nodes::statfs);
    }

    private void addDirectories(OperationLayout table, DirectoryOperations directories) {
        add(table, table.opendir, Callbacks.LL.class, directories::opendir);
        add(table, table.readdir, Callbacks.LLLLL.class, directories::readdir);
        add(table, table.releasedir, Callbacks.LL.class, directories::releasedir);
        add(table, table.fsyncdir, Callbacks.LIL.class, directories::fsyncdir);
        add(table, table.mknod, Callbacks.LIL.class, directories::mknod);
        add(table, table.mkdir, Callbacks.LI.class, directories::mkdir);
        add(table, table.symlink, Callbacks.LL.class, directories::symlink);
        add(table, table.link, Callbacks.LL.class, directories::link);
        add(table, table.unlink, Callbacks.L.class, directories::unlink);
        add(table, table.rmdir, Callbacks.L.class, directories::rmdir);
        add(table, table.rename, Callbacks.LL.class, directories::rename);
    }

    private void addFiles(OperationLayout table, FileOperations files) {
        add(table, table.open, Callbacks.LL.class, files::open);
        add(table, table.create, Callbacks.LIL.class, files::create);
        add(table, table.flush, Callbacks.LL.class, files::flush);
        add(table, table.release, Callbacks.LL.class, files::release);
        add(table, table.fsync, Callbacks.LIL.class, files::fsync);
        add(table, table.fallocate, Callbacks.LILLL.class, files::fallocate);
    }

    private void addXattrs(OperationLayout table, XattrOperations xattrs) {
        add(table, table.getxattr, Callbacks.LLLL.class, xattrs::getxattr);
        add(table, table.listxattr, Callbacks.LLL.class, xattrs::listxattr);
        add(table, table.setxattr, Callbacks.LLLLI.class, xattrs::setxattr);
        add(table, table.removexattr, Callbacks.LL.class, xattrs::removexattr);
    }

    private <T> void add(OperationLayout table, BaseStruct.Func<?> operation, Class<T> shape, T callback) {
        callbacks.add(callback);
        memory.putPointer(
                table.offsetOf(operation), Native.RUNTIME.getClosureManager().getClosurePointer(shape, callback));
    }

    Guard guard() {
        return guard;
    }

    /** What does not go through the table. */
    DataOperations data() {
        return data;
    }

    /** What does not go through the table either. */
    LockOperations locks() {
        return locks;
    }

    /** What is open. */
    KernelInodes inodes() {
        return inodes;
    }

    long address() {
        return memory.address();
    }

    int size() {
        return size;
    }
}
