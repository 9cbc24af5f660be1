package org.netcachefs.store.internal.index;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.CacheException.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An index that takes some rows before they are written: {@link #writeLater} does not wait, and what came within a few milliseconds is written at once, by a
 * thread of its own. Until then such rows are read, and followed by other writes, as if they were written; a process that is killed loses them. For rows of nodes and names
 * only. Thread-safe.
 */
public final class LateIndex extends ForwardingIndex {
    private static final Logger LOG = LoggerFactory.getLogger(LateIndex.class);
    private static final long PAUSE_MILLIS = 10;
    private static final int MOST = 4096;
    private static final Set<Family> LATE = EnumSet.of(Family.NODES, Family.DIRENTS);
    private static final long PATIENCE_SECONDS = 2;

    private final ConcurrentHashMap<Key, Row> rows = new ConcurrentHashMap<>();

    /** Held while they are written: what is written in its turn comes after what was taken before. */
    private final ReentrantLock writing = new ReentrantLock();

    @GuardedBy("this")
    private List<Late> waiting = new ArrayList<>();

    @GuardedBy("this")
    private boolean closed;

    public LateIndex(IndexStore index) {
        super(index);
    }

    private static final class Key {
        private final Family family;
        private final byte[] bytes;

        Key(Family family, byte[] bytes) {
            this.family = family;
            this.bytes = bytes;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key key && family == key.family && Arrays.equals(bytes, key.bytes);
        }

        @Override
        public int hashCode() {
            return 31 * Arrays.hashCode(bytes) + family.hashCode();
        }
    }

    /** Compared by identity. */
    private static final class Row {
        private final byte @Nullable [] value;

        Row(byte @Nullable [] value) {
            this.value = value;
        }
    }

    private record Late(Key key, Row row) {
        void addTo(Batch batch) {
            byte[] value = row.value;
            Batch unused =
                    value == null ? batch.delete(key.family, key.bytes) : batch.put(key.family, key.bytes, value);
        }
    }

    /** {@code maker} makes the thread. */
    public void start(Function<Runnable, Thread> maker) {
        maker.apply(this::work).start();
    }

    @Override
    public void writeLater(Batch batch) throws CacheException {
        if (!take(batch)) {
            write(batch);
        }
    }

    /** False if there are too many, or nobody will write them. */
    private synchronized boolean take(Batch batch) {
        if (closed || waiting.size() >= MOST) {
            return false;
        }
        for (Batch.Change change : batch.changes()) {
            Late late = new Late(new Key(change.family(), change.key()), new Row(change.value()));
            rows.put(late.key, late.row);
            waiting.add(late);
        }
        notifyAll();
        return true;
    }

    private void work() {
        try {
            while (awaitSome()) {
                Thread.sleep(PAUSE_MILLIS);
                drainSafely();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts this thread", e);
        }
    }

    /** False at the end. */
    private synchronized boolean awaitSome() throws InterruptedException {
        while (waiting.isEmpty() && !closed) {
            wait();
        }
        return !closed;
    }

    private void drainSafely() {
        try {
            drain();
        } catch (CacheException | RuntimeException e) {
            LOG.debug("index: rows are lost: {}", e.getMessage());
        }
    }

    /** All that was taken before is written when this returns. */
    private void drain() throws CacheException {
        lock();
        try {
            List<Late> taken = taken();
            Batch batch = new Batch();
            taken.forEach(late -> late.addTo(batch));
            try {
                if (!batch.isEmpty()) {
                    index.write(batch);
                }
            } finally {
                taken.forEach(late -> rows.remove(late.key, late.row));
            }
        } finally {
            writing.unlock();
        }
    }

    private void lock() throws CacheException {
        try {
            if (writing.tryLock(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            throw new CacheException(Reason.TIMEOUT, "index: interrupted while waiting for it", e);
        }
        throw new CacheException(Reason.TIMEOUT, "index: the disk does not answer");
    }

    private synchronized List<Late> taken() {
        List<Late> taken = waiting;
        waiting = new ArrayList<>();
        return taken;
    }

    private @Nullable Row late(Family family, byte[] key) {
        return rows.isEmpty() ? null : rows.get(new Key(family, key));
    }

    @Override
    public byte @Nullable [] get(Family family, byte[] key) throws CacheException {
        Row late = late(family, key);
        return late == null ? index.get(family, key) : late.value;
    }

    @Override
    public byte @Nullable [] getInMemory(Family family, byte[] key) throws CacheException {
        Row late = late(family, key);
        return late == null ? index.getInMemory(family, key) : late.value;
    }

    @Override
    public void scan(Family family, byte[] from, BiPredicate<byte[], byte[]> row) throws CacheException {
        if (LATE.contains(family) && !rows.isEmpty()) {
            drain();
        }
        index.scan(family, from, row);
    }

    @Override
    public void write(Batch batch) throws CacheException {
        boolean overwrites = batch.changes().stream().anyMatch(change -> late(change.family(), change.key()) != null);
        if (overwrites) {
            drain();
        }
        index.write(batch);
    }

    @Override
    public void sync() throws CacheException {
        drain();
        index.sync();
    }

    @Override
    public void flush() throws CacheException {
        drain();
        index.flush();
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        drainSafely();
        index.close();
    }
}
