package org.netcachefs.daemon.netfs;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.netcachefs.daemon.upstream.UpstreamStatus;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.Volume;

/** The nodes in RAM; what is not there is loaded from the volume's index, without attributes. Thread-safe. */
final class NodeTable {
    static final int DEFAULT_NODES = 131_072;

    private final Volume volume;
    private final NodeIds ids;
    private final ClockMap<Long, Node> nodes;
    private final Node root;

    NodeTable(Volume volume, int most, UpstreamStatus rootStatus) {
        this.volume = volume;
        ids = new NodeIds(volume);
        root = new Node(ids.idOf(rootStatus.identity(), 0, new byte[0]), rootStatus.identity(), null);
        nodes = new ClockMap<>(most, node -> node != root && !node.isReferred());
        nodes.put(root.id(), root);
    }

    Node root() {
        return root;
    }

    /** The node if it is in RAM. */
    @Nullable
    Node known(long id) {
        return nodes.get(id);
    }

    /**
     * The node of an id given out before.
     *
     * @throws ErrnoException ESTALE when the index does not know it
     */
    Node require(long id) throws ErrnoException {
        Node node = nodes.get(id);
        return node != null ? node : use(load(id), n -> {});
    }

    /** As {@link #require}; {@code use} runs while the node cannot leave RAM. */
    Node require(long id, Consumer<Node> use) throws ErrnoException {
        Node node = nodes.get(id);
        return use(node != null ? node : load(id), use);
    }

    /**
     * The node, not yet moved there, of an object upstream showed at {@code place}; {@code guess} is the node that was
     * there last. An object whose id was a passing one gets another when the index answers again.
     */
    Node seen(UpstreamStatus status, Node.Place place, @Nullable Node guess) {
        if (guess != null
                && NodeIds.isPersistent(guess.id())
                && guess.identity().equals(status.identity())
                && place.equals(guess.place())) {
            return guess;
        }
        if (status.identity().equals(root.identity())) {
            return root;
        }
        long id = ids.idOf(status.identity(), place.parent(), place.name().bytes());
        return use(new Node(id, status.identity(), place), n -> {});
    }

    /** Counts a lookup of a node, also of one that left RAM just now; returns the one that is there. */
    Node addLookup(Node node) {
        return use(node, Node::addLookup);
    }

    void dropLookups(long id, long count) {
        Node node = nodes.get(id);
        if (node != null) {
            node.dropLookups(count);
            unreferred(node);
        }
    }

    /** A reference to the node has ended. One that was removed, and nobody refers to, is of no use any more. */
    void unreferred(Node node) {
        if (!node.isReferred() && node.names().isEmpty()) {
            nodes.forget(node.id(), node);
        }
    }

    /** How many somebody refers to: the kernel, or what is open. */
    int referred() {
        int count = 0;
        for (Node node : nodes.values()) {
            count += node.isReferred() ? 1 : 0;
        }
        return count;
    }

    Iterable<Node> values() {
        return nodes.values();
    }

    /** Where a node was last seen, as a path from the root, as far as it is known. */
    String pathOf(Node node) {
        StringBuilder path = new StringBuilder();
        Node.Place place = node.place();
        while (place != null) {
            path.insert(0, path.length() == 0 ? place.name().toString() : place.name() + "/");
            try {
                place = require(place.parent()).place();
            } catch (ErrnoException e) {
                place = null;
            }
        }
        return path.toString();
    }

    int size() {
        return nodes.size();
    }

    private Node use(Node candidate, Consumer<Node> use) {
        return nodes.use(candidate.id(), id -> candidate, use);
    }

    private Node load(long id) throws ErrnoException {
        try {
            Volume.NodeRow row = NodeIds.isPersistent(id) ? volume.nodeRow(id) : null;
            if (row == null || row.name().length == 0) {
                throw new ErrnoException(Errno.ESTALE, "node " + id + " is not known");
            }
            return new Node(id, row.key(), new Node.Place(row.parent(), FileName.of(row.name())));
        } catch (CacheException e) {
            throw new ErrnoException(Errno.ESTALE, "node " + id + " cannot be looked up: " + e.getMessage());
        }
    }
}
