package org.netcachefs.store.internal.index;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.CacheException.Reason;
import org.netcachefs.store.CoherencyData;
import org.netcachefs.store.ObjectKey;
import org.netcachefs.store.Volume.NodeRow;
import org.netcachefs.store.VolumeKey;

/** Keys and rows as bytes. Keys are big-endian, so that they sort; each row begins with the version of its form. */
final class Codec {
    private static final byte VERSION = 1;
    private static final byte NODE = 0;
    private static final byte OBJECT = 1;
    private static final int UNSETTLED = 1;
    private static final int PINNED = 1;
    private static final int LISTED = 1;

    private Codec() {}

    // ---- keys

    static byte[] key(long number) {
        return ByteBuffer.allocate(8).putLong(number).array();
    }

    static byte[] blockKey(long cookie, long block) {
        return ByteBuffer.allocate(16).putLong(cookie).putLong(block).array();
    }

    static byte[] slotKey(int slot, long cookie, long block) {
        return ByteBuffer.allocate(20)
                .putInt(slot)
                .putLong(cookie)
                .putLong(block)
                .array();
    }

    static byte[] slotPrefix(int slot) {
        return ByteBuffer.allocate(4).putInt(slot).array();
    }

    static byte[] nodeKey(long node) {
        return ByteBuffer.allocate(9).put(NODE).putLong(node).array();
    }

    /** The node of a key that {@link #nodeKey} made; 0 for another. */
    static long nodeOfKey(byte[] key) {
        return key[0] == NODE ? ByteBuffer.wrap(key).getLong(1) : 0;
    }

    static byte[] objectKey(long volume, ObjectKey key) {
        byte[] bytes = key.bytes();
        return ByteBuffer.allocate(9 + bytes.length)
                .put(OBJECT)
                .putLong(volume)
                .put(bytes)
                .array();
    }

    static byte[] direntKey(long volume, long parent, byte[] name) {
        return ByteBuffer.allocate(16 + name.length)
                .putLong(volume)
                .putLong(parent)
                .put(name)
                .array();
    }

    static byte[] volumeKey(VolumeKey key) {
        List<byte[]> parts = new ArrayList<>();
        int bytes = 1;
        for (String part : List.of(key.type(), key.source(), key.root(), key.uuid())) {
            byte[] text = part.getBytes(StandardCharsets.UTF_8);
            parts.add(text);
            bytes += 4 + text.length;
        }
        ByteBuffer out = ByteBuffer.allocate(bytes).put(VERSION);
        parts.forEach(part -> out.putInt(part.length).put(part));
        return out.array();
    }

    // ---- rows

    static byte[] number(long value) {
        return ByteBuffer.allocate(8).putLong(value).array();
    }

    static long number(byte[] row) throws CacheException {
        return decode(row, ByteBuffer::getLong);
    }

    static byte[] cookie(CookieRow row) {
        return ByteBuffer.allocate(50)
                .put(VERSION)
                .putLong(row.id())
                .putLong(row.coherency().size())
                .putLong(row.coherency().modifiedNanos())
                .putLong(row.coherency().changedNanos())
                .putLong(row.validEnd())
                .putLong(row.stamp())
                .put((byte) (row.pinned() ? PINNED : 0))
                .array();
    }

    static CookieRow cookie(byte[] row) throws CacheException {
        return versioned(
                row,
                in -> new CookieRow(
                        in.getLong(),
                        new CoherencyData(in.getLong(), in.getLong(), in.getLong()),
                        in.getLong(),
                        in.getLong(),
                        in.get() == PINNED));
    }

    static byte[] node(NodeRecord record) {
        byte[] object = record.row().key().bytes();
        byte[] name = record.row().name();
        return ByteBuffer.allocate(28 + object.length + 4 + name.length)
                .put(VERSION)
                .putLong(record.volume())
                .putLong(record.row().parent())
                .putLong(record.flushEpoch())
                .put((byte) (record.listed() ? LISTED : 0))
                .putShort((short) object.length)
                .put(object)
                .putInt(name.length)
                .put(name)
                .array();
    }

    static NodeRecord node(byte[] row) throws CacheException {
        return versioned(row, in -> {
            long volume = in.getLong();
            long parent = in.getLong();
            long flushEpoch = in.getLong();
            boolean listed = in.get() == LISTED;
            ObjectKey object = ObjectKey.of(bytes(in, in.getShort()));
            return new NodeRecord(volume, new NodeRow(object, parent, bytes(in, in.getInt())), flushEpoch, listed);
        });
    }

    static byte[] block(BlockRow row) {
        int bytes = 2;
        for (Piece piece : row.pieces()) {
            bytes += 25 + 4 * piece.checksums().length;
        }
        ByteBuffer out =
                ByteBuffer.allocate(bytes).put(VERSION).put((byte) row.pieces().size());
        for (Piece piece : row.pieces()) {
            out.putInt(piece.slot()).putInt(piece.epoch());
            out.put((byte) (piece.unsettled() ? UNSETTLED : 0));
            out.putLong(piece.blockMask()).putLong(piece.slotMask());
            for (int checksum : piece.checksums()) {
                out.putInt(checksum);
            }
        }
        return out.array();
    }

    static BlockRow block(byte[] row) throws CacheException {
        return versioned(row, in -> {
            int count = in.get();
            List<Piece> pieces = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                pieces.add(piece(in));
            }
            return new BlockRow(pieces);
        });
    }

    private static Piece piece(ByteBuffer in) {
        int slot = in.getInt();
        int epoch = in.getInt();
        boolean unsettled = in.get() == UNSETTLED;
        long blockMask = in.getLong();
        long slotMask = in.getLong();
        int[] checksums = new int[Long.bitCount(blockMask)];
        for (int i = 0; i < checksums.length; i++) {
            checksums[i] = in.getInt();
        }
        return new Piece(slot, epoch, unsettled, blockMask, slotMask, checksums);
    }

    static byte[] epochs(Epochs epochs) {
        ByteBuffer out = ByteBuffer.allocate(13 + 8 * epochs.lost().size());
        out.put(VERSION)
                .putInt(epochs.durable())
                .putInt(epochs.first())
                .putInt(epochs.lost().size());
        epochs.lost().forEach(range -> out.putInt(range.from()).putInt(range.to()));
        return out.array();
    }

    static Epochs epochs(byte[] row) throws CacheException {
        return versioned(row, in -> {
            int durable = in.getInt();
            int first = in.getInt();
            int count = in.getInt();
            List<Epochs.Range> lost = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                lost.add(new Epochs.Range(in.getInt(), in.getInt()));
            }
            return new Epochs(durable, first, lost);
        });
    }

    private static byte[] bytes(ByteBuffer in, int length) {
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    private interface Decoder<T> {
        T from(ByteBuffer in);
    }

    private static <T> T versioned(byte[] row, Decoder<T> decoder) throws CacheException {
        return decode(row, in -> {
            if (in.get() != VERSION) {
                throw new IllegalArgumentException("a row of another version");
            }
            return decoder.from(in);
        });
    }

    private static <T> T decode(byte[] row, Decoder<T> decoder) throws CacheException {
        try {
            return decoder.from(ByteBuffer.wrap(row));
        } catch (BufferUnderflowException | IllegalArgumentException | NegativeArraySizeException e) {
            throw new CacheException(Reason.DAMAGED, "index: a row cannot be read: " + e, e);
        }
    }
}
