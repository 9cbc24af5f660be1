package org.netcachefs.daemon.netfs;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.netcachefs.daemon.netfs.Dirents.Dirent;
import org.netcachefs.daemon.upstream.UpstreamTree;
import org.netcachefs.daemon.upstream.UpstreamTree.DirectoryItem;
import org.netcachefs.fuse.DirectoryReply;
import org.netcachefs.fuse.Entry;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.FileType;

/**
 * What replies to readdir hold. Where attributes are wanted, those not believed are asked for many at once, by the call that reads the
 * directory: an entry that comes without them costs the kernel a lookup of its own. Thread-safe.
 */
final class DirectoryEntries {
    /** So many names are looked up in one call on upstream. */
    static final int MOST_AT_ONCE = 256;

    private static final FileName DOT = FileName.of(".");
    private static final FileName DOT_DOT = FileName.of("..");
    private static final long FIRST_ITEM = 2;

    /** The kernel wants attributes of a directory's start from whoever lists it, also if nobody is going to look at them. */
    private static final long MOST_NANOS_AT_START = TimeUnit.MILLISECONDS.toNanos(10);

    private static final long MOST_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final Core core;
    private final Names names;

    DirectoryEntries(Core core, Names names) {
        this.core = core;
        this.names = names;
    }

    /** What a readdir of {@code directory} asks for: from {@code position} on, as {@link org.netcachefs.fuse.FileSystem#readdir} has it. */
    record Wanted(Node directory, long position, boolean withAttributes) {
        private boolean isStart() {
            return position <= FIRST_ITEM;
        }

        private int firstItem() {
            return (int) Math.max(0, position - FIRST_ITEM);
        }
    }

    /** The items of a directory; {@code found}: what upstream said of those from {@code first} on, null of what it says nothing of. */
    record Listed(List<DirectoryItem> items, int first, List<@Nullable Node> found) {
        static Listed known(List<DirectoryItem> items) {
            return new Listed(items, 0, List.of());
        }

        private boolean isTried(int index) {
            return index >= first && index - first < found.size();
        }
    }

    /** Whether a reply can be made without asking upstream. */
    boolean areKnown(Wanted wanted, List<DirectoryItem> items) {
        int first = wanted.firstItem();
        return first >= items.size()
                || !looksUp(wanted)
                || names.remembered(wanted.directory, items.get(first).name()) != null;
    }

    /** An entry that is valid for no time is asked for again however it comes. */
    private boolean looksUp(Wanted wanted) {
        return wanted.withAttributes && core.config().unnotifiedEntryNanos() > 0;
    }

    /** Looks up what a reply needs, on one of upstream's threads: at least one name, and no more than there is time for. */
    Listed lookUp(UpstreamTree tree, Wanted wanted, List<DirectoryItem> items) {
        int first = wanted.firstItem();
        int end = looksUp(wanted) ? Math.min(items.size(), first + MOST_AT_ONCE) : first;
        long began = core.now();
        long most = wanted.isStart() ? MOST_NANOS_AT_START : MOST_NANOS;
        List<@Nullable Node> found = new ArrayList<>();
        for (int i = first; i < end && (i == first || core.now() - began < most); i++) {
            found.add(find(tree, wanted.directory, items.get(i)));
        }
        return new Listed(items, first, found);
    }

    private @Nullable Node find(UpstreamTree tree, Node parent, DirectoryItem item) {
        Node known = names.remembered(parent, item.name());
        try {
            return known != null ? known : names.find(tree, parent, item.name());
        } catch (ErrnoException e) {
            return null; // gone, or not for him: whoever asks for it by name is told
        }
    }

    /** Adds as much as the reply takes, up to the first entry that is still to be looked up, and ends it. */
    void put(Wanted wanted, Listed listed, DirectoryReply reply) {
        List<DirectoryItem> items = listed.items;
        long next = wanted.position;
        boolean goesOn = true;
        while (goesOn && next < items.size() + FIRST_ITEM) {
            goesOn = next < FIRST_ITEM
                    ? addDots(wanted.directory, next, reply)
                    : add(wanted, listed, (int) (next - FIRST_ITEM), reply);
            next++;
        }
        reply.end();
    }

    private boolean addDots(Node directory, long position, DirectoryReply reply) {
        Node.Place place = directory.place();
        long id = position == 0 || place == null ? directory.id() : place.parent();
        long inode = InodeNumbers.shown(id, core.nodes().root().id());
        return reply.add(position == 0 ? DOT : DOT_DOT, inode, FileType.DIRECTORY, position + 1, null);
    }

    /** Whether it was added. */
    private boolean add(Wanted wanted, Listed listed, int index, DirectoryReply reply) {
        DirectoryItem item = listed.items.get(index);
        long next = index + FIRST_ITEM + 1;
        Entry entry = looksUp(wanted) ? entry(wanted, listed, index) : null;
        if (entry == null) {
            boolean isToBeAsked = index > wanted.firstItem() && !listed.isTried(index) && looksUp(wanted);
            return (!isToBeAsked || core.answersUnchecked())
                    && reply.add(item.name(), knownInode(wanted.directory, item), item.type(), next, null);
        }
        boolean taken = reply.add(item.name(), entry.attributes().inode(), item.type(), next, entry);
        if (!taken) {
            names.undo(entry);
        }
        return taken;
    }

    private @Nullable Entry entry(Wanted wanted, Listed listed, int index) {
        FileName name = listed.items.get(index).name();
        Node node = listed.isTried(index)
                ? listed.found.get(index - listed.first)
                : names.remembered(wanted.directory, name);
        Look look = node == null ? null : node.look();
        if (node != null && look != null && (core.answersUnchecked() || !Growth.isHidden(node, look))) {
            return names.entry(node, look);
        }
        return core.answersUnchecked() ? names.known(wanted.directory, name) : null;
    }

    /** 0 if it is not known. */
    private long knownInode(Node parent, DirectoryItem item) {
        Dirent dirent = core.dirents().get(parent.id(), item.name());
        Node node = dirent == null || dirent.isNegative() ? null : core.nodes().known(dirent.node());
        Look look = node == null ? null : node.look();
        return look == null ? 0 : look.attributes().inode();
    }
}
