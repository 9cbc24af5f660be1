package org.netcachefs.store.internal.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.internal.index.Batch;
import org.netcachefs.store.internal.index.CookieRow;
import org.netcachefs.store.internal.index.Index;
import org.netcachefs.store.internal.index.NodeRecord;

/** Removes rows that keep nothing: cookies without blocks, nodes nobody asked for without either. Used by one thread at a time. */
final class MetadataCuller {
    private static final int ROWS = 512;

    private final Engine engine;
    private long nextNode;

    MetadataCuller(Engine engine) {
        this.engine = engine;
    }

    /** Looks at some nodes; false after the last. */
    boolean cull() throws CacheException {
        List<Long> seen = new ArrayList<>();
        engine.index.nodes(nextNode, (node, record) -> {
            seen.add(node);
            return seen.size() < ROWS;
        });
        for (long node : seen) {
            cull(node);
        }
        boolean more = seen.size() == ROWS;
        nextNode = more ? seen.get(ROWS - 1) + 1 : 0;
        return more;
    }

    private void cull(long node) throws CacheException {
        ReentrantLock lock = engine.nodeLocks.lock(node);
        try {
            if (engine.cookies.ofNode(node) != null) {
                return;
            }
            CookieRow row = engine.index.cookie(node);
            if (row != null && (row.pinned() || engine.index.hasBlocks(row.id()))) {
                return;
            }
            if (row != null) {
                Batch batch = new Batch();
                Index.deleteCookie(batch, node);
                engine.index.write(batch);
            }
        } finally {
            lock.unlock();
        }
        NodeRecord record = engine.index.node(node);
        if (record != null && !engine.indexBudget.wasAsked(node)) {
            cull(node, record.volume());
        }
    }

    private void cull(long node, long volume) throws CacheException {
        ReentrantLock lock = engine.lockTree(volume);
        try {
            NodeRecord record = engine.index.node(node);
            if (record == null || engine.indexBudget.wasAsked(node) || engine.index.hasChildren(volume, node)) {
                return;
            }
            Batch batch = new Batch();
            Index.deleteNode(batch, node, record);
            engine.index.write(batch);
        } finally {
            lock.unlock();
        }
    }
}
