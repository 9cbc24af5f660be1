package org.netcachefs.daemon.upstream;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.function.Predicate;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.FileSystemStatus;

/** An upstream tree whose every call first passes its {@link Faults}. Closing handles always works. Thread-safe. */
public final class FaultyUpstream implements UpstreamTree {
    private final UpstreamTree tree;
    private final Faults faults = new Faults();

    private final UpstreamChanges changes;
    private final UpstreamLocks locks;

    public FaultyUpstream(UpstreamTree tree) {
        this.tree = tree;
        changes = passing(UpstreamChanges.class, "", tree.changes());
        locks = passing(UpstreamLocks.class, "LOCK_", tree.locks());
    }

    private <T> T passing(Class<T> type, String prefix, T calls) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> pass(prefix, calls, method, arguments)));
    }

    /** Switches and counters. */
    public Faults faults() {
        return faults;
    }

    @Override
    public void prepareThread() {
        tree.prepareThread();
    }

    @Override
    public boolean actsForOthers() {
        return tree.actsForOthers();
    }

    @Override
    public <T> T as(Identity who, UpstreamCalls.Body<T> body) throws ErrnoException {
        return tree.as(who, within -> body.call(this));
    }

    @Override
    public Identity actor() {
        return tree.actor();
    }

    @Override
    public UpstreamChanges changes() {
        return changes;
    }

    @Override
    public UpstreamLocks locks() {
        return locks;
    }

    private Object pass(String prefix, Object calls, Method method, Object[] arguments) throws Throwable {
        String name = method.getName().replaceAll("([A-Z])", "_$1").toUpperCase(Locale.ROOT);
        Operation operation = Operation.valueOf(prefix + name);
        return faults.pass(operation, () -> {
            try {
                return method.invoke(calls, arguments);
            } catch (InvocationTargetException e) {
                if (e.getCause() instanceof ErrnoException) {
                    throw (ErrnoException) e.getCause();
                }
                throw new IllegalStateException(e.getCause());
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Override
    public PathHandle root() {
        return tree.root();
    }

    @Override
    public PathHandle open(PathHandle directory, FileName name) throws ErrnoException {
        return faults.pass(Operation.OPEN, () -> tree.open(directory, name));
    }

    @Override
    public PathHandle path(DataHandle file) throws ErrnoException {
        return faults.pass(Operation.OPEN, () -> tree.path(file));
    }

    @Override
    public void refresh(PathHandle directory) throws ErrnoException {
        faults.pass(Operation.REFRESH, () -> {
            tree.refresh(directory);
            return true;
        });
    }

    @Override
    public UpstreamStatus status(Handle object, boolean forced) throws ErrnoException {
        return faults.pass(forced ? Operation.FORCED_STATUS : Operation.STATUS, () -> tree.status(object, forced));
    }

    @Override
    public DataHandle openData(PathHandle file) throws ErrnoException {
        return faults.pass(Operation.OPEN_DATA, () -> tree.openData(file));
    }

    @Override
    public int read(DataHandle file, long offset, ByteBuffer to) throws ErrnoException {
        return faults.pass(Operation.READ, () -> {
            int limit = to.limit();
            to.limit(to.position() + Math.min(to.remaining(), faults.longestRead()));
            try {
                int length = tree.read(file, offset, to);
                faults.countRead(length);
                return length;
            } finally {
                to.limit(limit);
            }
        });
    }

    @Override
    public void dropPages(DataHandle file, long offset, long length) {
        faults.tally(Operation.DROP_PAGES);
        tree.dropPages(file, offset, length);
    }

    @Override
    public byte[] readlink(PathHandle link) throws ErrnoException {
        return faults.pass(Operation.READLINK, () -> tree.readlink(link));
    }

    @Override
    public void list(PathHandle directory, Predicate<DirectoryItem> taker) throws ErrnoException {
        faults.pass(Operation.LIST, () -> {
            tree.list(directory, taker);
            return true;
        });
    }

    @Override
    public void checkListing(PathHandle directory) throws ErrnoException {
        faults.pass(Operation.CHECK_LISTING, () -> {
            tree.checkListing(directory);
            return true;
        });
    }

    @Override
    public FileSystemStatus statfs() throws ErrnoException {
        return faults.pass(Operation.STATFS, tree::statfs);
    }

    @Override
    public byte[] getxattr(Handle object, FileName name) throws ErrnoException {
        return faults.pass(Operation.GETXATTR, () -> tree.getxattr(object, name));
    }

    @Override
    public byte[] listxattr(Handle object) throws ErrnoException {
        return faults.pass(Operation.LISTXATTR, () -> tree.listxattr(object));
    }

    @Override
    public void access(PathHandle object, int mask) throws ErrnoException {
        faults.pass(Operation.ACCESS, () -> {
            tree.access(object, mask);
            return true;
        });
    }

    @Override
    public boolean isFreshAfterChange() {
        return tree.isFreshAfterChange();
    }

    @Override
    public boolean checksUpstream() {
        return tree.checksUpstream();
    }

    @Override
    public int openDescriptors() {
        return tree.openDescriptors();
    }

    @Override
    public void close() {
        tree.close();
    }

    /** What can be counted, and fail. */
    public enum Operation {
        OPEN,
        REFRESH,
        STATUS,
        FORCED_STATUS,
        OPEN_DATA,
        READ,
        DROP_PAGES,
        READLINK,
        LIST,
        CHECK_LISTING,
        STATFS,
        GETXATTR,
        LISTXATTR,
        ACCESS,
        OPEN_TO_WRITE,
        CREATE,
        CREATE_UNNAMED,
        WRITE,
        APPEND,
        TRUNCATE,
        ALLOCATE,
        SYNC,
        SYNC_DIRECTORY,
        FLUSH,
        SEEK,
        COPY,
        MKDIR,
        MKNOD,
        SYMLINK,
        LINK,
        RENAME,
        UNLINK,
        RMDIR,
        CHMOD,
        CHOWN,
        TIMES,
        SETXATTR,
        REMOVEXATTR,
        LOCK_OPEN,
        LOCK_SHARE,
        LOCK_SET,
        LOCK_QUERY,
        LOCK_FLOCK
    }
}
