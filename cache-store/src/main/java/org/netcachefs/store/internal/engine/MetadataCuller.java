package org.netcachefs.store.internal.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.internal.index.Batch;
import org.netcachefs.store.internal.index.CookieRow;
import org.netcachefs.store.internal.index.Index;
import org.netcachefs.store.internal.index.NodeRecord;

/**
 * A clock over the nodes, turned while the index needs room: those nobody asked for since the hand came by last lose their
 * rows. First those of which nothing is cached; after a turn that found few of these, the others too. Used by one thread at a
 * time.
 */
final class MetadataCuller {
    private static final int ROWS = 256;
    /** A turn found few if it was less than one in so many. */
    private static final int FEW = 8;
    /** One turn takes the chances nodes have, one over what is empty, one over all. */
    private static final int MOST_IDLE = 3;

    private final Engine engine;
    private final Sweeper sweeper;

    /** Where the hand stands; it goes over the nodes, then over the cookies whose node's row is gone. */
    private long hand;

    private boolean overCookies;

    /** In this turn what is cached goes too. */
    private boolean deep;

    /** So many turns in a row that took all, and found little. */
    private int poorTurns;

    private int idleTurns;

    // of this turn
    private int seen;
    private int empty;
    private int cached;

    MetadataCuller(Engine engine, Sweeper sweeper) {
        this.engine = engine;
        this.sweeper = sweeper;
    }

    /** Culls among the next nodes until the index has room; false if the last turns found none to cull. */
    boolean cull() throws CacheException {
        List<Long> nodes = overCookies ? cookies() : nodes();
        for (long node : nodes) {
            if (!engine.indexBudget.isCullingDue()) {
                return true;
            }
            hand = node + 1;
            seen++;
            if (!isSpared(node)) {
                cull(node);
            }
        }
        if (nodes.size() < ROWS) {
            endRows();
        }
        return idleTurns < MOST_IDLE;
    }

    /** Of what is cached little was found to go, also after each had lost its chance: it is not nodes that fill the index. */
    boolean isExhausted() {
        return poorTurns > 1;
    }

    private List<Long> nodes() throws CacheException {
        List<Long> nodes = new ArrayList<>(ROWS);
        engine.index.nodes(hand, (node, record) -> {
            nodes.add(node);
            return nodes.size() < ROWS;
        });
        return nodes;
    }

    private List<Long> cookies() throws CacheException {
        List<Long> nodes = new ArrayList<>(ROWS);
        engine.index.cookies(hand, (node, row) -> {
            nodes.add(node);
            return nodes.size() < ROWS;
        });
        return nodes;
    }

    private void endRows() {
        hand = 0;
        overCookies = !overCookies;
        if (!overCookies) {
            idleTurns = empty + cached == 0 ? idleTurns + 1 : 0;
            poorTurns = deep && (empty + cached) * FEW < seen ? poorTurns + 1 : 0;
            deep = empty * FEW < seen;
            seen = 0;
            empty = 0;
            cached = 0;
        }
    }

    /** Somebody asked for it; a turn that takes all takes that chance away. */
    private boolean isSpared(long node) {
        return deep ? engine.indexBudget.takeAsked(node) : engine.indexBudget.wasAsked(node);
    }

    private void cull(long node) throws CacheException {
        NodeRecord record = engine.index.node(node);
        if (record == null) {
            cull(node, null);
        } else if (!overCookies && record.row().parent() != 0) {
            ReentrantLock lock = engine.lockTree(record.volume());
            try {
                cull(node, engine.index.node(node));
            } finally {
                lock.unlock();
            }
        }
    }

    private void cull(long node, @Nullable NodeRecord record) throws CacheException {
        ReentrantLock lock = engine.nodeLocks.lock(node);
        try {
            if (engine.indexBudget.wasAsked(node) || engine.cookies.usedOf(node) != null) {
                return;
            }
            CookieRow cookie = engine.index.cookie(node);
            boolean keeps = cookie != null && engine.index.hasBlocks(cookie.id());
            boolean spared = (cookie != null && cookie.pinned())
                    || (keeps && !deep)
                    || (record != null && engine.index.hasChildren(record.volume(), node));
            if (!spared) {
                remove(node, record, cookie, keeps);
            }
        } finally {
            lock.unlock();
        }
    }

    private void remove(long node, @Nullable NodeRecord record, @Nullable CookieRow cookie, boolean keeps)
            throws CacheException {
        Batch batch = new Batch();
        if (record != null) {
            Index.deleteNode(batch, node, record);
            engine.indexBudget.removed(IndexBudget.bytesOf(record));
        }
        if (cookie != null) {
            Index.deleteCookie(batch, node);
        }
        if (cookie != null && keeps) {
            Index.putDead(batch, cookie.id());
        }
        engine.index.write(batch);
        if (cookie != null && keeps) {
            sweeper.sweepDead(cookie.id());
            cached++;
        } else {
            empty++;
        }
    }
}
