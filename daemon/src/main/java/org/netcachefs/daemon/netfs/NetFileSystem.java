package org.netcachefs.daemon.netfs;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.netcachefs.daemon.upstream.Identity;
import org.netcachefs.daemon.upstream.UpstreamCalls.Lane;
import org.netcachefs.daemon.upstream.UpstreamStatus;
import org.netcachefs.daemon.upstream.UpstreamTree;
import org.netcachefs.fuse.Caller;
import org.netcachefs.fuse.DirectoryReply;
import org.netcachefs.fuse.Entry;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.FileSystemStatus;
import org.netcachefs.fuse.LockRequest;
import org.netcachefs.fuse.LockState;
import org.netcachefs.fuse.Notifier;
import org.netcachefs.fuse.OpenFlags;
import org.netcachefs.fuse.Opened;
import org.netcachefs.fuse.ReadReply;
import org.netcachefs.fuse.ReadRequest;
import org.netcachefs.fuse.Reply;
import org.netcachefs.fuse.ValidAttributes;
import org.netcachefs.store.CacheException;

/** The caching file system over one upstream tree. Thread-safe; itself read-only: what would change upstream answers EROFS. */
public class NetFileSystem extends ReadOnlyFileSystem implements AutoCloseable {
    private static final Path PROCESSES = Path.of("/proc");

    final Core core;
    final Looks looks;
    final PathHandles paths;
    final ObjectHandles objects;
    final DataHandles data;
    final Names names;
    final Opens opens;
    final @Nullable Writers writers;
    final Locks locks;
    final Revalidation revalidation;
    private final NodeQuestions nodeQuestions;
    private final XattrQuestions xattrs;
    private final Directories directories;
    private final ReadPath reads;
    private final Seeks seeks;
    final Growth growth;
    private final Statfs statfs;
    private final Admin admin;
    private volatile @Nullable Notifier notifier;

    /**
     * Asks upstream for its root, so it may take as long as a call on upstream.
     *
     * @throws ErrnoException when upstream's root cannot be looked at
     */
    public static NetFileSystem of(NetfsConfig config, Services services, boolean readOnly) throws ErrnoException {
        return readOnly ? new NetFileSystem(config, services, true) : new WritableFileSystem(config, services);
    }

    NetFileSystem(NetfsConfig config, Services services, boolean readOnly) throws ErrnoException {
        UpstreamTree tree = services.upstream().tree();
        UpstreamStatus rootStatus = tree.status(tree.root(), false);
        core = new Core(
                config,
                services,
                new Counters(),
                new NodeTable(services.volume(), NodeTable.DEFAULT_NODES, rootStatus),
                new Dirents(Dirents.DEFAULT_DIRENTS),
                ClockSkew.of(services.volume().key().type(), config.skewBound().toNanos()),
                new Callers(PROCESSES, tree.actsForOthers(), services.clock()::monotonicNanos),
                new KernelAttributes(config));
        looks = new Looks(core);
        looks.note(core.nodes().root(), rootStatus, looks.begin(), false);
        paths = new PathHandles(core, PathHandles.DEFAULT_HANDLES);
        paths.closeIdle(services.timer());
        data = new DataHandles(core, paths, DataHandles.DEFAULT_HANDLES);
        data.closeIdle(services.timer());
        CircuitParking parking = new CircuitParking(core);
        Questions questions = new Questions(core, parking);
        Checks checks = new Checks(core, looks, paths);
        names = new Names(core, looks, paths, questions);
        nodeQuestions = new NodeQuestions(core, looks, paths, questions, readOnly);
        Fetcher fetcher = new Fetcher(core, data, checks);
        writers = readOnly ? null : new Writers(core, looks, fetcher::written);
        objects = new ObjectHandles(paths, writers);
        xattrs = new XattrQuestions(core, objects, questions, writers);
        Access access = new Access(core, paths, data);
        opens = new Opens(core, checks, data, questions, access, writers);
        LockDescriptors lockDescriptors = new LockDescriptors(paths, data);
        revalidation = new Revalidation(core, looks, () -> notifier);
        growth = new Growth(core, data, () -> notifier);
        locks = new Locks(core, opens, lockDescriptors, revalidation, writers);
        directories = new Directories(core, checks, paths, questions, names, access);
        seeks = new Seeks(opens, data, questions, writers);
        reads = new ReadPath(core, opens, checks, fetcher, parking);
        statfs = new Statfs(services);
        statfs.learn();
        admin = new Admin(core, names);
    }

    public boolean isReadOnly() {
        return writers == null;
    }

    public NetfsConfig config() {
        return core.config();
    }

    public NetfsStatistics statistics() {
        Counters counters = core.counters();
        Dirents dirents = core.dirents();
        return new NetfsStatistics(
                counters.reads(),
                counters.upstream(),
                counters.bypassed(),
                new NetfsStatistics.Meta(
                        core.nodes().size(),
                        dirents.size(),
                        dirents.negatives(),
                        counters.metaHits.sum(),
                        counters.revalidations.sum()),
                new NetfsStatistics.Gauges(
                        core.nodes().size(),
                        core.nodes().referred(),
                        opens.size() + directories.size(),
                        paths.size() + data.size() + locks.size(),
                        core.services().buffers().usedBytes()));
    }

    /** What is known of a path below the root, without asking upstream; empty when nothing is. */
    public Optional<PathSummary> pathSummary(List<FileName> path) {
        Node node = admin.resolve(path);
        return node == null ? Optional.empty() : Optional.of(admin.summary(node));
    }

    /** Drops what is cached of a path and of all below it, the kernel's pages too; false when nothing is known of it. Needs no upstream. */
    public boolean flush(List<FileName> path) throws CacheException {
        Node node = admin.resolve(path);
        if (node == null || !NodeIds.isPersistent(node.id())) {
            return false;
        }
        core.services().volume().flush(node.id());
        Map<Long, Boolean> inside = new HashMap<>();
        inside.put(node.id(), true);
        for (Node other : core.nodes().values()) {
            if (admin.isInside(other, inside)) {
                dropKernelPages(other);
            }
        }
        return true;
    }

    /** Whether upstream has nothing at a path below the root. */
    public CompletionStage<Boolean> isAbsent(List<FileName> path) {
        return core.services().upstream().run(Lane.METADATA, tree -> admin.isAbsent(tree, path));
    }

    /** Drops everything cached. Needs no upstream. */
    public void flushAll() throws CacheException {
        core.services().volume().flushAll();
        core.nodes().values().forEach(this::dropKernelPages);
    }

    /** Closes the descriptors; what is still open afterwards fails. */
    @Override
    public void close() {
        locks.closeAll();
        data.closeAll();
        paths.closeAll();
    }

    private void dropKernelPages(Node node) {
        node.kernelPages().distrust();
        revalidation.tellKernel(node, Revalidation.Stale.CONTENT);
    }

    /** Whom upstream is asked for what a request takes. */
    final Identity who(Caller caller) {
        return core.callers().of(caller);
    }

    /** From the kernel's number to ours, and back. */
    final long shown(long node) {
        return InodeNumbers.shown(node, core.nodes().root().id());
    }

    @Override
    public void init(Notifier kernel) {
        notifier = kernel;
        core.kernelAttributes().init(kernel);
    }

    @Override
    public void lookup(Caller caller, long parent, FileName name, Reply<Entry> reply) {
        names.lookup(caller, shown(parent), name, growth.entries(reply, names::undo));
    }

    @Override
    public void resolve(Caller caller, long parent, FileName name, Reply<Entry> reply) {
        names.resolve(caller, shown(parent), name, reply);
    }

    @Override
    public void forget(long node, long lookups) {
        long id = shown(node);
        core.nodes().dropLookups(id, lookups);
        if (core.nodes().known(id) == null) {
            paths.gone(id);
        }
    }

    @Override
    public void getattr(Caller caller, long node, long handle, Reply<ValidAttributes> reply) {
        long id = shown(node);
        nodeQuestions.getattr(caller, id, handle != NO_HANDLE, growth.attributes(id, reply));
    }

    @Override
    public void readlink(Caller caller, long node, Reply<byte[]> reply) {
        nodeQuestions.readlink(caller, shown(node), reply);
    }

    @Override
    public void access(Caller caller, long node, int mask, Reply<Void> reply) {
        nodeQuestions.access(caller, shown(node), mask, reply);
    }

    @Override
    public void getxattr(Caller caller, long node, FileName name, Reply<byte[]> reply) {
        xattrs.get(caller, shown(node), name, reply);
    }

    @Override
    public void listxattr(Caller caller, long node, Reply<byte[]> reply) {
        xattrs.list(caller, shown(node), reply);
    }

    @Override
    public void open(Caller caller, long node, OpenFlags flags, Reply<Opened> reply) {
        long id = shown(node);
        opens.open(who(caller), id, flags, growth.opens(id, reply, opened -> opens.release(opened.handle())));
    }

    @Override
    public void read(ReadRequest request, ReadReply reply) {
        reads.read(request, reply);
    }

    @Override
    public void lseek(Caller caller, long node, long handle, long offset, int whence, Reply<Long> reply) {
        seeks.seek(handle, offset, whence, reply);
    }

    @Override
    public void flush(Caller caller, long node, long handle, long lockOwner, Reply<Void> reply) {
        Outcome.done(locks.closing(handle, lockOwner, reply));
    }

    @Override
    public void getlk(LockRequest request, Reply<LockState> reply) {
        locks.query(request, reply);
    }

    @Override
    public void setlk(LockRequest request, Reply<Void> reply) {
        locks.set(request, reply);
    }

    @Override
    public void release(long node, long handle, OpenFlags flags, long lockOwner, Reply<Void> reply) {
        locks.released(handle);
        Outcome.released(opens.release(handle), reply);
    }

    @Override
    public void opendir(Caller caller, long node, OpenFlags flags, Reply<Opened> reply) {
        directories.open(who(caller), shown(node), reply);
    }

    @Override
    public void readdir(
            Caller caller, long node, long handle, long position, boolean withAttributes, DirectoryReply reply) {
        directories.read(handle, position, withAttributes, reply);
    }

    @Override
    public void releasedir(long node, long handle, Reply<Void> reply) {
        Outcome.released(directories.release(handle), reply);
    }

    @Override
    public void statfs(Caller caller, long node, Reply<FileSystemStatus> reply) {
        statfs.answer(reply);
    }
}
