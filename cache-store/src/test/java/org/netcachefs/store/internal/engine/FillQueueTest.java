package org.netcachefs.store.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.netcachefs.store.BlockCache;
import org.netcachefs.store.CacheConfig;
import org.netcachefs.store.CacheStore;
import org.netcachefs.store.CoherencyData;
import org.netcachefs.store.Volume;

class FillQueueTest {
    @TempDir
    Path base;

    private BlockCache cache;
    private OpenCookie cookie;

    @BeforeEach
    void open() throws Exception {
        cache = CacheStore.open(CacheConfig.in(base.resolve("cache"), OptionalLong.of(100L << 20)));
        Volume volume = cache.volume(PersistentStoreTest.KEY);
        cookie = (OpenCookie) volume.acquire(PersistentStoreTest.file(volume, "f"), new CoherencyData(4096, 1, 1));
    }

    @AfterEach
    void close() {
        cookie.relinquish();
        cache.close();
    }

    private Fill fill() {
        return new Fill(cookie, cookie.beginFill(true), 0, ByteBuffer.allocateDirect(4096), () -> {});
    }

    private static FillQueue queue(Runnable meanwhile) {
        FillQueue queue = new FillQueue(1 << 20, new Counters(), (fill, scratch) -> {
            meanwhile.run();
            return Fill.Outcome.NO_ROOM;
        });
        queue.resume();
        return queue;
    }

    @Test
    void fillWithoutRoom_pausesTheQueue_untilRoomIsMade() {
        FillQueue queue = queue(() -> {});
        queue.offer(fill());
        queue.next().run(ByteBuffer.allocateDirect(16));
        assertThat(queue.isPaused()).isTrue();
        assertThat(queue.next()).isNull();
        assertThat(queue.resume()).isTrue();
        assertThat(queue.next()).isNotNull();
    }

    @Test
    void roomMadeWhileAFillGoesBack_isNotMissed() {
        AtomicReference<FillQueue> itself = new AtomicReference<>();
        FillQueue queue = queue(() -> itself.get().resume());
        itself.set(queue);
        queue.offer(fill());
        queue.next().run(ByteBuffer.allocateDirect(16));
        assertThat(queue.isPaused()).isFalse();
        assertThat(queue.next()).isNotNull();
    }
}
