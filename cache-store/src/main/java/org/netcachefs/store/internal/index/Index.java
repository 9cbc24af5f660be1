package org.netcachefs.store.internal.index;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.ObjectKey;
import org.netcachefs.store.VolumeKey;

/** The index in terms of its rows. Thread-safe; changes are collected in a {@link Batch} and written by {@link #write}. */
public final class Index {
    /** A number kept in the index. */
    public enum Counter {
        NEXT_ID,
        FLUSH_EPOCH,
        SWEPT_EPOCH,
        /** Written to see whether it can be. */
        PROBES;

        byte[] key() {
            return name().getBytes(StandardCharsets.US_ASCII);
        }
    }

    private static final byte[] EPOCHS = "EPOCHS".getBytes(StandardCharsets.US_ASCII);

    private final IndexStore store;
    private final LongAdder lookups = new LongAdder();
    private volatile LongConsumer written = bytes -> {};

    public Index(IndexStore store) {
        this.store = store;
    }

    public IndexStore store() {
        return store;
    }

    /** How often the index was asked, for statistics. */
    public long lookups() {
        return lookups.sum();
    }

    public void write(Batch batch) throws CacheException {
        if (!batch.isEmpty()) {
            store.write(batch);
            written.accept(batch.bytes());
        }
    }

    /** From now on told the size of each batch written. */
    public void onWrite(LongConsumer told) {
        written = told;
    }

    private byte @Nullable [] get(Family family, byte[] key) throws CacheException {
        lookups.increment();
        return store.get(family, key);
    }

    // ---- numbers

    public long counter(Counter counter) throws CacheException {
        byte[] row = get(Family.DEFAULT, counter.key());
        return row == null ? 0 : Codec.number(row);
    }

    public static void putCounter(Batch batch, Counter counter, long value) {
        batch.put(Family.DEFAULT, counter.key(), Codec.number(value));
    }

    public Epochs epochs() throws CacheException {
        byte[] row = get(Family.DEFAULT, EPOCHS);
        return row == null ? Epochs.NEW : Codec.epochs(row);
    }

    public static void putEpochs(Batch batch, Epochs epochs) {
        batch.put(Family.DEFAULT, EPOCHS, Codec.epochs(epochs));
    }

    // ---- volumes and nodes

    public long volume(VolumeKey key) throws CacheException {
        byte[] row = get(Family.VOLUMES, Codec.volumeKey(key));
        return row == null ? 0 : Codec.number(row);
    }

    public static void putVolume(Batch batch, VolumeKey key, long id) {
        batch.put(Family.VOLUMES, Codec.volumeKey(key), Codec.number(id));
    }

    /** The last flush epoch of a whole volume. */
    public long volumeFlushEpoch(long volume) throws CacheException {
        byte[] row = get(Family.VOLUMES, Codec.key(volume));
        return row == null ? 0 : Codec.number(row);
    }

    public static void putVolumeFlushEpoch(Batch batch, long volume, long epoch) {
        batch.put(Family.VOLUMES, Codec.key(volume), Codec.number(epoch));
    }

    public long nodeOf(long volume, ObjectKey object) throws CacheException {
        byte[] row = get(Family.NODES, Codec.objectKey(volume, object));
        return row == null ? 0 : Codec.number(row);
    }

    public static void putNodeOf(Batch batch, long volume, ObjectKey object, long node) {
        batch.put(Family.NODES, Codec.objectKey(volume, object), Codec.number(node));
    }

    public @Nullable NodeRecord node(long node) throws CacheException {
        byte[] row = get(Family.NODES, Codec.nodeKey(node));
        return row == null ? null : Codec.node(row);
    }

    public static void putNode(Batch batch, long node, NodeRecord record) {
        batch.put(Family.NODES, Codec.nodeKey(node), Codec.node(record));
    }

    /** With its key, and its name if that leads to it. */
    public static void deleteNode(Batch batch, long node, NodeRecord record) {
        batch.delete(Family.NODES, Codec.nodeKey(node));
        batch.delete(Family.NODES, Codec.objectKey(record.volume(), record.row().key()));
        if (record.listed()) {
            deleteChild(
                    batch, record.volume(), record.row().parent(), record.row().name());
        }
    }

    /** Shows {@code seen} the nodes from {@code from} on, until it answers false. */
    public void nodes(long from, NodeSeen seen) throws CacheException {
        Rows.scan(store, Family.NODES, Codec.nodeKey(from), (key, value) -> {
            long node = Codec.nodeOfKey(key);
            return node != 0 && seen.at(node, Codec.node(value));
        });
    }

    /** Sees the nodes; false ends it. */
    public interface NodeSeen {
        boolean at(long node, NodeRecord record) throws CacheException;
    }

    public long child(long volume, long parent, byte[] name) throws CacheException {
        byte[] row = get(Family.DIRENTS, Codec.direntKey(volume, parent, name));
        return row == null ? 0 : Codec.number(row);
    }

    public static void putChild(Batch batch, long volume, long parent, byte[] name, long node) {
        batch.put(Family.DIRENTS, Codec.direntKey(volume, parent, name), Codec.number(node));
    }

    public static void deleteChild(Batch batch, long volume, long parent, byte[] name) {
        batch.delete(Family.DIRENTS, Codec.direntKey(volume, parent, name));
    }

    public boolean hasChildren(long volume, long parent) throws CacheException {
        byte[] prefix = Codec.direntKey(volume, parent, new byte[0]);
        boolean[] found = new boolean[1];
        lookups.increment();
        store.scan(Family.DIRENTS, prefix, (key, value) -> {
            found[0] = startsWith(key, prefix);
            return false;
        });
        return found[0];
    }

    // ---- cookies

    public @Nullable CookieRow cookie(long node) throws CacheException {
        byte[] row = get(Family.COOKIES, Codec.key(node));
        return row == null ? null : Codec.cookie(row);
    }

    public static void putCookie(Batch batch, long node, CookieRow row) {
        batch.put(Family.COOKIES, Codec.key(node), Codec.cookie(row));
    }

    public static void deleteCookie(Batch batch, long node) {
        batch.delete(Family.COOKIES, Codec.key(node));
    }

    public static void putDead(Batch batch, long cookie) {
        batch.put(Family.DEAD, Codec.key(cookie), new byte[0]);
    }

    public static void deleteDead(Batch batch, long cookie) {
        batch.delete(Family.DEAD, Codec.key(cookie));
    }

    /** The first {@code most} retired cookies still to be swept, from the id {@code from} on. Passes what was deleted there. */
    public List<Long> dead(long from, int most) throws CacheException {
        List<Long> dead = new ArrayList<>();
        store.scan(Family.DEAD, Codec.key(from), (key, value) -> {
            dead.add(ByteBuffer.wrap(key).getLong());
            return dead.size() < most;
        });
        return dead;
    }

    /** Shows {@code seen} the cookies of nodes from {@code from} on, until it answers false. */
    public void cookies(long from, CookieSeen seen) throws CacheException {
        Rows.scan(
                store,
                Family.COOKIES,
                Codec.key(from),
                (key, value) -> seen.at(ByteBuffer.wrap(key).getLong(), Codec.cookie(value)));
    }

    /** Sees the cookies; false ends it. */
    public interface CookieSeen {
        boolean at(long node, CookieRow row) throws CacheException;
    }

    // ---- blocks and slots

    public @Nullable BlockRow block(long cookie, long block) throws CacheException {
        byte[] row = get(Family.BLOCKS, Codec.blockKey(cookie, block));
        return row == null ? null : Codec.block(row);
    }

    /** As {@link #block} without touching a disk: TIMEOUT if it is not in memory. */
    public @Nullable BlockRow blockInMemory(long cookie, long block) throws CacheException {
        lookups.increment();
        byte[] row = store.getInMemory(Family.BLOCKS, Codec.blockKey(cookie, block));
        return row == null ? null : Codec.block(row);
    }

    public static void putBlock(Batch batch, long cookie, long block, BlockRow row) {
        byte[] key = Codec.blockKey(cookie, block);
        if (row.isEmpty()) {
            batch.delete(Family.BLOCKS, key);
        } else {
            batch.put(Family.BLOCKS, key, Codec.block(row));
        }
    }

    /** Shows {@code seen} the block rows from that of {@code cookie} and {@code block} on, until it answers false. */
    public void blocks(long cookie, long block, BlockSeen seen) throws CacheException {
        lookups.increment();
        Rows.scan(store, Family.BLOCKS, Codec.blockKey(cookie, block), (key, value) -> {
            ByteBuffer in = ByteBuffer.wrap(key);
            return seen.at(in.getLong(), in.getLong(), Codec.block(value));
        });
    }

    /** Sees the blocks; false ends it. */
    public interface BlockSeen {
        boolean at(long cookie, long block, BlockRow row) throws CacheException;
    }

    /** Whether there is any row of this cookie. */
    public boolean hasBlocks(long cookie) throws CacheException {
        boolean[] found = new boolean[1];
        blocks(cookie, 0, (id, block, row) -> {
            found[0] = id == cookie;
            return false;
        });
        return found[0];
    }

    public static void putSlot(Batch batch, int slot, long cookie, long block) {
        batch.put(Family.SLOTS, Codec.slotKey(slot, cookie, block), new byte[0]);
    }

    public static void deleteSlot(Batch batch, int slot, long cookie, long block) {
        batch.delete(Family.SLOTS, Codec.slotKey(slot, cookie, block));
    }

    /** Shows {@code seen} whose sectors lie in {@code slot}. */
    public void slot(int slot, SlotSeen seen) throws CacheException {
        byte[] prefix = Codec.slotPrefix(slot);
        Rows.scan(store, Family.SLOTS, prefix, (key, value) -> {
            if (!startsWith(key, prefix)) {
                return false;
            }
            ByteBuffer in = ByteBuffer.wrap(key, 4, 16);
            seen.at(in.getLong(), in.getLong());
            return true;
        });
    }

    /** That {@code block} has sectors in {@code slot}. */
    public record Use(int slot, long cookie, long block) {}

    /** Shows {@code seen} the uses of slots from {@code slot} on, until it answers false. */
    public void slotsFrom(int slot, Predicate<Use> seen) throws CacheException {
        store.scan(Family.SLOTS, Codec.slotPrefix(slot), (key, value) -> {
            ByteBuffer in = ByteBuffer.wrap(key);
            return seen.test(new Use(in.getInt(), in.getLong(), in.getLong()));
        });
    }

    /** Sees who uses a slot. */
    public interface SlotSeen {
        void at(long cookie, long block);
    }

    private static boolean startsWith(byte[] key, byte[] prefix) {
        return key.length >= prefix.length && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }
}
