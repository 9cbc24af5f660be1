package org.netcachefs.daemon.netfs;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.netcachefs.daemon.netfs.DirectoryEntries.Listed;
import org.netcachefs.daemon.netfs.DirectoryEntries.Wanted;
import org.netcachefs.daemon.netfs.KernelAttributes.Afterwards;
import org.netcachefs.daemon.netfs.Questions.Question;
import org.netcachefs.daemon.upstream.Identity;
import org.netcachefs.daemon.upstream.UpstreamTree;
import org.netcachefs.daemon.upstream.UpstreamTree.DirectoryItem;
import org.netcachefs.daemon.upstream.UpstreamTree.PathHandle;
import org.netcachefs.fuse.DirectoryReply;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileType;
import org.netcachefs.fuse.Opened;
import org.netcachefs.fuse.Reply;

/** Opens and lists directories. A handle lists what was there when it was opened, or rewound. Thread-safe. */
final class Directories {
    private final Core core;
    private final Checks checks;
    private final PathHandles paths;
    private final Questions questions;
    private final DirectoryEntries entries;
    private final NewDirectories newDirectories;
    private final Access access;
    private final Listings listings = new Listings(Listings.DEFAULT_ITEMS);
    private final Handles<OpenDirectory> directories = new Handles<>();

    Directories(Core core, Checks checks, PathHandles paths, Questions questions, Names names, Access access) {
        this.access = access;
        this.core = core;
        this.checks = checks;
        this.paths = paths;
        this.questions = questions;
        this.entries = new DirectoryEntries(core, names);
        newDirectories = names.newDirectories();
    }

    private static final class OpenDirectory {
        private final Node node;
        private final Identity who;

        /** What the open saw; null when it could not check. */
        private volatile @Nullable Look checked;

        private volatile @Nullable List<DirectoryItem> items;

        OpenDirectory(Node node, Identity who, @Nullable Look checked) {
            this.node = node;
            this.who = who;
            this.checked = checked;
        }
    }

    int size() {
        return directories.size();
    }

    void open(Identity who, long id, Reply<Opened> reply) {
        Node node;
        try {
            node = core.nodes().require(id);
        } catch (ErrnoException e) {
            reply.error(e.errno());
            return;
        }
        questions.answer(
                new Afterwards<>(reply, () -> core.dropOutdated(node), this::undo),
                Question.<Look, Opened>of(tree -> check(tree, node), look -> opened(who, node, look))
                        .as(who)
                        .orKnown(() -> access.wasGranted(node, who, false) ? openedKnown(who, node) : null)
                        .undoneBy(this::undo)
                        .soon(node.place() == null));
    }

    private Look check(UpstreamTree tree, Node node) throws ErrnoException {
        Look look = checks.byName(tree, node);
        requireDirectory(node, look);
        access.require(tree, node, false);
        return look;
    }

    /** False when there is no such handle. */
    boolean release(long handle) {
        OpenDirectory directory = directories.remove(handle);
        if (directory != null) {
            directory.node.dropOpen();
            core.nodes().unreferred(directory.node);
        }
        return directory != null;
    }

    private void undo(Opened opened) {
        release(opened.handle());
    }

    void read(long handle, long position, boolean withAttributes, DirectoryReply reply) {
        OpenDirectory directory = directories.get(handle);
        if (directory == null) {
            reply.error(Errno.EBADF);
            return;
        }
        List<DirectoryItem> items = position > 0 ? directory.items : null;
        Wanted wanted = new Wanted(directory.node, position, withAttributes);
        if (items != null && entries.areKnown(wanted, items)) {
            entries.put(wanted, Listed.known(items), reply);
            return;
        }
        questions.answer(
                new ListReply(directory, wanted, reply),
                Question.<Listed>of(tree -> ask(tree, directory, items, wanted))
                        .as(directory.who)
                        .atLength()
                        .orKnown(() -> items == null ? lastListed(directory.node) : Listed.known(items)));
    }

    private Listed ask(UpstreamTree tree, OpenDirectory directory, @Nullable List<DirectoryItem> items, Wanted wanted)
            throws ErrnoException {
        return entries.lookUp(tree, wanted, items == null ? list(tree, directory) : items);
    }

    private @Nullable Listed lastListed(Node node) {
        List<DirectoryItem> last = listings.last(node.id());
        return last == null ? null : Listed.known(last);
    }

    /** Takes a listing and answers with what is wanted of it. */
    private final class ListReply implements Reply<Listed> {
        private final OpenDirectory directory;
        private final Wanted wanted;
        private final DirectoryReply reply;

        ListReply(OpenDirectory directory, Wanted wanted, DirectoryReply reply) {
            this.directory = directory;
            this.wanted = wanted;
            this.reply = reply;
        }

        @Override
        public boolean ok(Listed listed) {
            directory.items = listed.items();
            entries.put(wanted, listed, reply);
            return true;
        }

        @Override
        public boolean error(Errno errno) {
            return reply.error(errno);
        }

        @Override
        public void onInterrupt(Runnable action) {
            reply.onInterrupt(action);
        }
    }

    private static void requireDirectory(Node node, Look look) throws ErrnoException {
        if (!look.attributes().isDirectory()) {
            throw new ErrnoException(Errno.ENOTDIR, node + " is no directory");
        }
    }

    private Opened opened(Identity who, Node seen, @Nullable Look look) throws ErrnoException {
        Node node = core.nodes().require(seen.id(), Node::addOpen);
        return Opened.handle(directories.add(new OpenDirectory(node, who, look)));
    }

    private @Nullable Opened openedKnown(Identity who, Node node) {
        try {
            return node.type() == FileType.DIRECTORY ? opened(who, node, null) : null;
        } catch (ErrnoException e) {
            return null;
        }
    }

    /** The listing of upstream, or the last one if nothing can have changed since. */
    private List<DirectoryItem> list(UpstreamTree tree, OpenDirectory directory) throws ErrnoException {
        Node node = directory.node;
        newDirectories.forget(node.id());
        Look seen = directory.checked;
        directory.checked = null;
        Look look = seen != null ? seen : checks.byName(tree, node);
        List<DirectoryItem> known = listings.of(node.id(), look.coherency());
        if (known != null) {
            core.counters().metaHits.increment();
            return known;
        }
        long began = core.services().clock().wallNanos();
        boolean settled = core.skew().policy().isSettled(look.newestNanos(), began, core.now() - look.firstSeenNanos());
        List<DirectoryItem> items = new ArrayList<>();
        try (HandleCache.Lease<PathHandle> lease = paths.lease(tree, node)) {
            tree.list(lease.handle(), items::add);
        }
        listings.put(node.id(), look.coherency(), settled, items);
        return items;
    }
}
