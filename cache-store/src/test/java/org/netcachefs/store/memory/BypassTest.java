package org.netcachefs.store.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.netcachefs.store.BlockCache;
import org.netcachefs.store.ByteRange;
import org.netcachefs.store.CacheStatistics;
import org.netcachefs.store.CoherencyData;
import org.netcachefs.store.Cookie;
import org.netcachefs.store.Extent;
import org.netcachefs.store.Health;
import org.netcachefs.store.ObjectKey;
import org.netcachefs.store.Volume;
import org.netcachefs.store.VolumeKey;

class BypassTest {
    private static final CoherencyData DATA = new CoherencyData(1 << 20, 1, 1);

    private final BlockCache cache = MemoryCache.bypass("the superblock is damaged");

    private Volume volume() throws Exception {
        return cache.volume(new VolumeKey("nfs4", "server:/export", "/", ""));
    }

    private static ObjectKey key(int number) {
        return ObjectKey.of(ByteBuffer.allocate(4).putInt(number).array());
    }

    private static byte[] name(int number) {
        return ("f" + number).getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void bypass_saysWhy() {
        assertThat(cache.statistics().health()).isEqualTo(Health.OFFLINE);
        assertThat(cache.statistics().healthReason()).isEqualTo("the superblock is damaged");
        assertThat(cache.statistics().sizeBytes()).isZero();
    }

    @Test
    void bypass_knowsNodes() throws Exception {
        long node = volume().node(key(1), 0, name(1));
        assertThat(volume().node(key(1), 0, name(1))).isEqualTo(node);
        assertThat(volume().child(0, name(1))).isEqualTo(node);
        assertThat(volume().nodeRow(node).key()).isEqualTo(key(1));
    }

    @Test
    void bypass_cachesNothingAndLosesNothing() throws Exception {
        Cookie cookie = volume().acquire(volume().node(key(1), 0, name(1)), DATA);
        AtomicInteger released = new AtomicInteger();
        assertThat(cookie.fill(cookie.beginFill(true), 0, ByteBuffer.allocate(1 << 18), released::incrementAndGet))
                .isFalse();
        assertThat(released).hasValue(1);
        ByteRange all = new ByteRange(0, 1 << 20);
        assertThat(cookie.nextExtent(all)).isEqualTo(new Extent(all, false));
        assertThat(cache.statistics().fills()).isEqualTo(new CacheStatistics.Fills(0, 0, 0));
        assertThat(cache.culler().doWork(10)).isZero();
        cookie.relinquish();
    }

    /** The kernel keeps its pages over a close for as long as the version is the same. */
    @Test
    void bypass_keepsTheVersionOfAnUnchangedFile() throws Exception {
        long node = volume().node(key(1), 0, name(1));
        Cookie cookie = volume().acquire(node, DATA);
        long version = cookie.version();
        cookie.relinquish();
        cookie = volume().acquire(node, DATA);
        assertThat(cookie.version()).isEqualTo(version);
        cookie.relinquish();
        cookie = volume().acquire(node, new CoherencyData(1 << 20, 2, 2));
        assertThat(cookie.version()).isNotEqualTo(version);
        cookie.relinquish();
    }

    @Test
    void nodes_areBounded_andComeBackUnderTheirId() throws Exception {
        long first = volume().node(key(0), 0, name(0));
        long open = volume().node(key(1), 0, name(1));
        Cookie cookie = volume().acquire(open, DATA);
        long version = cookie.version();
        for (int i = 2; i < NodeRows.BOUND + 1000; i++) {
            volume().node(key(i), 0, name(i));
        }
        assertThat(volume().nodeRow(first)).isNull();
        assertThat(volume().child(0, name(0))).isZero();
        assertThat(volume().node(key(0), 0, name(0))).isEqualTo(first);
        assertThat(volume().nodeRow(open)).isNotNull();
        assertThat(volume().acquire(open, DATA)).isSameAs(cookie);
        assertThat(cookie.version()).isEqualTo(version);
    }
}
