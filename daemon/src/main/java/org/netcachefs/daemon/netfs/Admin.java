package org.netcachefs.daemon.netfs;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.netcachefs.daemon.upstream.UpstreamTree;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.FileType;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.Volume;
import org.netcachefs.store.Volume.CookieSummary;

/** Answers and does what a user asks of paths, without upstream. Thread-safe; may read the index. */
final class Admin {
    private final Core core;
    private final Names names;

    Admin(Core core, Names names) {
        this.core = core;
        this.names = names;
    }

    /** The node a path leads to, as far as RAM and index know; null when they do not. */
    @Nullable
    Node resolve(List<FileName> path) {
        Node node = core.nodes().root();
        for (FileName name : path) {
            Node child = names.knownNode(node.id(), name);
            if (child == null) {
                return null;
            }
            node = child;
        }
        return node;
    }

    /** Asks upstream, on one of its threads. */
    boolean isAbsent(UpstreamTree tree, List<FileName> path) throws ErrnoException {
        try {
            Node node = core.nodes().root();
            for (FileName name : path) {
                node = names.find(tree, node, name);
            }
            return false;
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.ENOTDIR) {
                return true;
            }
            throw e;
        }
    }

    PathSummary summary(Node node) {
        CookieSummary cached = cookieSummary(node);
        Look look = node.look();
        FileType type = typeOf(node, cached);
        long size = look != null
                ? look.attributes().size()
                : cached != null ? cached.coherency().size() : 0;
        Count below = type == FileType.DIRECTORY ? below(node) : new Count();
        return new PathSummary(
                type,
                size,
                below.cachedBytes + (cached == null ? 0 : cached.cachedBytes()),
                type == FileType.DIRECTORY ? current(look) : validity(look, cached),
                look == null
                        ? OptionalLong.empty()
                        : OptionalLong.of(look.moment().unixNanos()),
                cached != null && cached.pinned(),
                node.opens(),
                new PathSummary.Below(below.files, below.cachedFiles, below.bytes));
    }

    private static final class Count {
        private long files;
        private long cachedFiles;
        private long cachedBytes;
        private long bytes;

        void add(long size, @Nullable CookieSummary cached) {
            files++;
            bytes += size;
            if (cached != null && cached.cachedBytes() > 0) {
                cachedFiles++;
                cachedBytes += cached.cachedBytes();
            }
        }
    }

    /** Null when nothing is cached, or the cache cannot say. */
    private @Nullable CookieSummary cookieSummary(Node node) {
        try {
            Volume volume = core.services().volume();
            return NodeIds.isPersistent(node.id()) ? volume.summary(node.id()) : null;
        } catch (CacheException e) {
            return null;
        }
    }

    private static FileType typeOf(Node node, @Nullable CookieSummary cached) {
        FileType type = node.type();
        return type == FileType.UNKNOWN && cached != null ? FileType.REGULAR : type;
    }

    private PathSummary.Validity validity(@Nullable Look look, @Nullable CookieSummary cached) {
        if (cached == null) {
            return PathSummary.Validity.ABSENT;
        }
        if (look == null) {
            return PathSummary.Validity.UNCHECKED;
        }
        if (!look.coherency().equals(cached.coherency())) {
            return PathSummary.Validity.STALE;
        }
        return current(look);
    }

    private PathSummary.Validity current(@Nullable Look look) {
        boolean current = look != null && look.moment().epoch() == core.epoch() && !core.answersUnchecked();
        return current ? PathSummary.Validity.VALID : PathSummary.Validity.UNCHECKED;
    }

    /** Counts the files in RAM below a directory. */
    private Count below(Node directory) {
        Map<Long, Boolean> inside = new HashMap<>();
        inside.put(directory.id(), true);
        Count count = new Count();
        for (Node node : core.nodes().values()) {
            Look look = node.look();
            if (look != null && look.attributes().isRegular() && isInside(node, inside)) {
                count.add(look.attributes().size(), cookieSummary(node));
            }
        }
        return count;
    }

    boolean isInside(Node node, Map<Long, Boolean> inside) {
        Boolean known = inside.get(node.id());
        if (known != null) {
            return known;
        }
        Node.Place place = node.place();
        boolean result = place != null && parentIsInside(place, inside);
        inside.put(node.id(), result);
        return result;
    }

    private boolean parentIsInside(Node.Place place, Map<Long, Boolean> inside) {
        try {
            return isInside(core.nodes().require(place.parent()), inside);
        } catch (ErrnoException e) {
            return false;
        }
    }
}
