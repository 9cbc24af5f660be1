package org.netcachefs.store.internal.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiPredicate;
import org.junit.jupiter.api.Test;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.CacheException.Reason;

class LateIndexTest {
    private final Rows below = new Rows();
    private final LateIndex index = new LateIndex(below);

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static Batch put(String key, String value) {
        return new Batch().put(Family.NODES, bytes(key), bytes(value));
    }

    private static String get(IndexStore from, String key) throws CacheException {
        byte[] value = from.get(Family.NODES, bytes(key));
        return value == null ? null : new String(value, StandardCharsets.US_ASCII);
    }

    @Test
    void rowsWrittenLater_areReadAtOnce_andWrittenTogether() throws Exception {
        index.writeLater(put("a", "1"));
        index.writeLater(put("b", "2"));
        index.writeLater(new Batch().delete(Family.NODES, bytes("a")));
        assertThat(get(index, "a")).isNull();
        assertThat(get(index, "b")).isEqualTo("2");
        assertThat(below.batches).isEmpty();
        index.start(Thread::new);
        await().until(() -> get(below, "b") != null);
        assertThat(get(below, "a")).isNull();
        assertThat(below.batches).containsExactly(3);
        index.close();
    }

    @Test
    void whatIsWrittenAtOnce_comesAfterWhatItOverwrites() throws Exception {
        index.writeLater(put("a", "1"));
        index.write(put("b", "2"));
        assertThat(below.batches).containsExactly(1);
        index.write(put("a", "3"));
        assertThat(below.batches).containsExactly(1, 1, 1);
        assertThat(get(below, "a")).isEqualTo("3");
        assertThat(get(index, "a")).isEqualTo("3");
    }

    @Test
    void scan_seesThem_andSyncWritesThem() throws Exception {
        index.writeLater(put("a", "1"));
        List<String> keys = new ArrayList<>();
        index.scan(Family.NODES, bytes(""), (key, value) -> keys.add(new String(key, StandardCharsets.US_ASCII)));
        assertThat(keys).containsExactly("a");
        index.writeLater(put("b", "2"));
        index.sync();
        assertThat(get(below, "b")).isEqualTo("2");
    }

    @Test
    void tooMany_areWrittenAtOnce() throws Exception {
        for (int i = 0; i < 10_000; i++) {
            index.writeLater(put("k" + i, "v"));
        }
        assertThat(below.rows).isNotEmpty();
        assertThat(get(index, "k9999")).isEqualTo("v");
    }

    @Test
    void rowsThatCannotBeWritten_areLost_andWhoComesAfterIsTold() throws Exception {
        below.failing = true;
        index.writeLater(put("a", "1"));
        assertThat(catchThrowable(() -> index.write(put("a", "2")))).isInstanceOf(CacheException.class);
        assertThat(get(index, "a")).isNull();
        below.failing = false;
        index.write(put("a", "3"));
        assertThat(get(index, "a")).isEqualTo("3");
    }

    /** Rows in memory. */
    private static final class Rows implements IndexStore {
        private final ConcurrentSkipListMap<String, byte[]> rows = new ConcurrentSkipListMap<>();
        private final List<Integer> batches = new CopyOnWriteArrayList<>();
        private volatile boolean failing;

        @Override
        public byte[] get(Family family, byte[] key) {
            return rows.get(new String(key, StandardCharsets.US_ASCII));
        }

        @Override
        public byte[] getInMemory(Family family, byte[] key) {
            return get(family, key);
        }

        @Override
        public void scan(Family family, byte[] from, BiPredicate<byte[], byte[]> row) {
            boolean more = true;
            for (Map.Entry<String, byte[]> present : rows.entrySet()) {
                more = more && row.test(LateIndexTest.bytes(present.getKey()), present.getValue());
            }
        }

        @Override
        public void write(Batch batch) throws CacheException {
            if (failing) {
                throw new CacheException(Reason.IO, "made to fail");
            }
            batches.add(batch.size());
            for (Batch.Change change : batch.changes()) {
                String key = new String(change.key(), StandardCharsets.US_ASCII);
                if (change.value() == null) {
                    rows.remove(key);
                } else {
                    rows.put(key, change.value());
                }
            }
        }

        @Override
        public void sync() {}

        @Override
        public void flush() {}

        @Override
        public void compact() {}

        @Override
        public void stopCompacting() {}

        @Override
        public void recover() {}

        @Override
        public void verify() {}

        @Override
        public long bytes() {
            return 0;
        }

        @Override
        public long lastingBytes() {
            return 0;
        }

        @Override
        public void close() {}
    }
}
