package org.netcachefs.store.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.netcachefs.store.BlockCache;
import org.netcachefs.store.CacheConfig;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.CacheException.Reason;
import org.netcachefs.store.CacheStore;
import org.netcachefs.store.CoherencyData;
import org.netcachefs.store.Cookie;
import org.netcachefs.store.Health;
import org.netcachefs.store.ObjectKey;
import org.netcachefs.store.Volume;
import org.netcachefs.store.Watermarks;
import org.netcachefs.store.contract.CacheProbe;

/** The index stays within its part of the size, however many names are seen and files are cached. */
class IndexBudgetTest {
    private static final long INDEX = 16L << 20;

    private int names = 500_000;

    @TempDir
    Path base;

    private BlockCache open() throws CacheException {
        return CacheStore.open(new CacheConfig(
                base.resolve("cache"),
                OptionalLong.of(300L << 20),
                Optional.empty(),
                OptionalLong.of(INDEX),
                OptionalLong.empty(),
                false,
                Watermarks.DEFAULT,
                64L << 20,
                2,
                false));
    }

    @Test
    void aFloodOfNames_neverExceedsTheBudget() throws Exception {
        AtomicLong most = new AtomicLong();
        AtomicBoolean stop = new AtomicBoolean();
        int refused = 0;
        long first;
        try (BlockCache cache = open()) {
            Thread watcher = new Thread(() -> {
                while (!stop.get()) {
                    most.accumulateAndGet(indexBytes(), Math::max);
                    Thread.yield();
                }
            });
            watcher.start();
            Volume volume = cache.volume(PersistentStoreTest.KEY);
            first = node(volume, 0);
            ByteBuffer bytes = ByteBuffer.allocateDirect(4096);
            for (int i = 1; i < 400_000 && refused < 1000; i++) {
                try {
                    long node = node(volume, i);
                    Cookie cookie = volume.acquire(node, new CoherencyData(4096, i, i));
                    cookie.fill(cookie.beginFill(true), 0, bytes.duplicate(), () -> {});
                    cookie.relinquish();
                } catch (CacheException e) {
                    assertThat(e.reason()).isEqualTo(Reason.FULL);
                    refused++;
                }
            }
            for (int compactions = 0; compactions < 20; compactions++) {
                Thread.sleep(100); // room that is made meanwhile is used up again
                fillUp(volume);
            }
            stop.set(true);
            watcher.join();
            assertThat(most.get()).isLessThanOrEqualTo(INDEX);
            assertThat(refused).isPositive();
            assertThat(node(volume, 0)).isEqualTo(first);
        }
    }

    private void fillUp(Volume volume) throws CacheException {
        try {
            for (int i = 0; i < 100_000; i++) {
                node(volume, names++);
            }
        } catch (CacheException e) {
            assertThat(e.reason()).isEqualTo(Reason.FULL);
        }
    }

    @Test
    void budgetThatStaysUsedUp_isSaid_untilThereIsRoomAgain() {
        HealthState health = new HealthState();
        IndexBudget budget = new IndexBudget(INDEX, health);
        budget.measured(INDEX / 2, INDEX / 2);
        assertThat(budget.hasRoom()).isFalse();
        assertThat(health.health()).as("culling may help").isEqualTo(Health.HEALTHY);
        Awaitility.await().atMost(CacheProbe.PATIENCE).until(() -> {
            budget.measured(INDEX / 2, INDEX / 2);
            return health.health() == Health.DEGRADED;
        });
        assertThat(health.reason()).contains("index");
        budget.measured(INDEX / 4, INDEX / 4);
        assertThat(budget.hasRoom()).isTrue();
        assertThat(health.health()).isEqualTo(Health.HEALTHY);
    }

    private long indexBytes() {
        return org.netcachefs.store.internal.index.RocksIndex.bytesIn(
                base.resolve("cache").resolve("index"));
    }

    private static long node(Volume volume, int number) throws CacheException {
        byte[] name = ("a file of a longer name, number " + number).getBytes();
        byte[] key = PersistentStoreTest.bytes(number, 100);
        return volume.node(ObjectKey.of(key), 1, name);
    }
}
