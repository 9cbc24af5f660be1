package org.netcachefs.store.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.netcachefs.store.contract.CacheProbe.all;
import static org.netcachefs.store.contract.CacheProbe.await;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.netcachefs.store.CacheStatistics;
import org.netcachefs.store.Cookie;
import org.netcachefs.store.Health;

/** The room there is, who has it, how it is made, and that all of it is counted. */
interface SpaceContract extends Contract {
    private CacheStatistics statistics() {
        return probe().cache().statistics();
    }

    /** Closed files of one whole block each until {@code percent} of the slots are free; returns their names. */
    private List<String> fillUntilFree(int percent) throws Exception {
        List<String> names = new ArrayList<>();
        while (statistics().slots().free() * 100 >= statistics().slots().total() * percent) {
            String name = "filler " + names.size();
            Cookie cookie = probe().open(name, probe().block(), 1);
            probe().fill(cookie, 1, all(probe().block()));
            cookie.relinquish();
            names.add(name);
        }
        return names;
    }

    private boolean isCached(String name) throws Exception {
        Cookie cookie = probe().open(name, probe().block(), 1);
        boolean cached = cookie.nextExtent(all(probe().block())).cached();
        if (cached) {
            probe().assertCached(cookie, 1, all(probe().block()));
        }
        cookie.relinquish();
        return cached;
    }

    @Test
    default void statistics_ofAnEmptyCache() {
        CacheProbe.until(() -> !statistics().recovering());
        CacheStatistics empty = statistics();
        assertThat(empty.health()).isEqualTo(Health.HEALTHY);
        assertThat(empty.blockBytes()).isEqualTo(probe().block());
        assertThat(empty.sectorBytes()).isEqualTo(probe().sector());
        assertThat(empty.slots().total() * probe().block()).isLessThanOrEqualTo(empty.sizeBytes());
        assertThat(empty.slots())
                .isEqualTo(new CacheStatistics.Slots(
                        empty.slots().total(), 0, 0, empty.slots().total(), 0, 0, 0));
        assertThat(empty.fills()).isEqualTo(new CacheStatistics.Fills(0, 0, 0));
        assertThat(empty.errors()).isEqualTo(new CacheStatistics.Errors(0, 0, 0));
        assertThat(empty.holds()).isZero();
        assertThat(empty.openCookies()).isZero();
    }

    @Test
    default void statistics_countSectorsAndBytes() throws Exception {
        long size = 2L * probe().block() + 5;
        Cookie cookie = probe().open("f", size, 1);
        probe().fill(cookie, 1, probe().sectors(0, 9));
        assertThat(statistics().slots().usedBytes()).isEqualTo(10L * probe().sector());
        assertThat(statistics().fills().bytes()).isEqualTo(10L * probe().sector());
        probe().fill(cookie, 1, probe().sectors(64, 127));
        assertThat(statistics().slots().usedBytes()).isEqualTo(74L * probe().sector());
        assertThat(statistics().fills().bytes()).isEqualTo(74L * probe().sector());
        probe().fill(cookie, 1, probe().sectors(128, 128).until(size));
        assertThat(statistics().slots().usedBytes()).isEqualTo(75L * probe().sector());
        cookie.unpublish(probe().sectors(3, 4));
        assertThat(statistics().slots().usedBytes()).isEqualTo(73L * probe().sector());
        cookie.unpublish(probe().sectors(64, 128));
        probe().settle();
        assertThat(statistics().slots().usedBytes()).isEqualTo(8L * probe().sector());
        assertThat(statistics().openCookies()).isEqualTo(1);
        cookie.retire();
        probe().settle();
        CacheStatistics.Slots slots = statistics().slots();
        assertThat(slots.usedBytes()).isZero();
        assertThat(slots.free()).isEqualTo(slots.total());
        assertThat(statistics().fills().pendingBytes()).isZero();
        assertThat(statistics().fills().droppedBytes()).isZero();
    }

    @Test
    default void slots_areWholeSplitOrFree() throws Exception {
        for (int i = 1; i < 20; i++) {
            long size = (long) i * probe().block() / 3;
            Cookie cookie = probe().open("f" + i, size, 1);
            probe().fill(cookie, 1, all(size));
            cookie.relinquish();
            CacheStatistics.Slots slots = statistics().slots();
            assertThat(slots.used() + slots.split() + slots.free()).isEqualTo(slots.total());
        }
    }

    @Test
    default void culler_withRoomEnough_freesNothing() throws Exception {
        fillUntilFree(20);
        assertThat(probe().cache().culler().doWork(1000)).isZero();
        assertThat(statistics().cull().culled()).isZero();
    }

    @Test
    default void culler_belowItsMark_freesUntilAboveTheRunMark() throws Exception {
        List<String> names = fillUntilFree(7);
        int freed = probe().cull();
        CacheStatistics.Slots slots = statistics().slots();
        assertThat(slots.free() * 100).isGreaterThan(slots.total() * 10);
        assertThat((slots.free() - 2) * 100).as("and not much above").isLessThanOrEqualTo(slots.total() * 10);
        assertThat(statistics().cull().culled()).isEqualTo(freed).isPositive();
        assertThat(statistics().cull().runs()).isPositive();
        int kept = 0;
        for (String name : names) {
            kept += isCached(name) ? 1 : 0;
        }
        assertThat(kept).isEqualTo(names.size() - freed);
        assertThat(slots.usedBytes()).isEqualTo((long) kept * probe().block());
    }

    @Test
    default void culler_freesAtMostWhatItIsAskedTo() throws Exception {
        fillUntilFree(7);
        assertThat(probe().cache().culler().doWork(1)).isLessThanOrEqualTo(1);
        assertThat(statistics().cull().culled()).isLessThanOrEqualTo(1);
    }

    @Test
    default void culler_leavesPinnedFiles() throws Exception {
        Cookie pinned = probe().open("pinned", 3L * probe().block(), 1);
        pinned.pin(true);
        assertThat(pinned.isPinned()).isTrue();
        probe().fill(pinned, 1, all(3L * probe().block()));
        for (int round = 0; round < 4; round++) {
            fillUntilFree(7);
            probe().cull();
            probe().volume().flush(probe().node("filler 0"));
        }
        probe().assertCached(pinned, 1, all(3L * probe().block()));
        assertThat(statistics().slots().pinned()).isEqualTo(3);
        pinned.pin(false);
        assertThat(pinned.isPinned()).isFalse();
        assertThat(statistics().slots().pinned()).isZero();
        pinned.relinquish();
    }

    @Test
    default void pin_isSeenByTheNextOpen() throws Exception {
        Cookie cookie = probe().open("f", probe().block(), 1);
        cookie.pin(true);
        cookie.relinquish();
        cookie = probe().open("f", probe().block(), 1);
        assertThat(cookie.isPinned()).isTrue();
        cookie.pin(false);
        cookie.relinquish();
    }

    @Test
    default void culler_makesHolesOfOpenFilesToo() throws Exception {
        long size = statistics().slots().total() * probe().block();
        Cookie cookie = probe().open("big", size, 1);
        long block = 0;
        while (statistics().slots().free() * 100 >= statistics().slots().total() * 7) {
            probe().fill(cookie, 1, probe().cache().geometry().blockRange(block++));
        }
        int freed = probe().cull();
        assertThat(freed).isPositive();
        long cached = 0;
        for (long b = 0; b < block; b++) {
            byte[] bytes = probe().read(cookie, probe().cache().geometry().blockRange(b));
            if (bytes != null) {
                assertThat(bytes)
                        .isEqualTo(Bytes.of(
                                cookie.node(), 1, probe().cache().geometry().blockRange(b)));
                cached++;
            }
        }
        assertThat(cached).isEqualTo(block - freed);
        cookie.relinquish();
    }

    @Test
    default void awaitWork_returnsWhenThereIsWork() throws Exception {
        fillUntilFree(7);
        probe().cache().culler().awaitWork(CacheProbe.PATIENCE);
        assertThat(probe().cull()).isPositive();
        probe().cache().culler().awaitWork(Duration.ofMillis(1));
    }

    @Test
    default void fills_withoutASlot_waitForTheCuller() throws Exception {
        long total = statistics().slots().total();
        AtomicInteger released = new AtomicInteger();
        Cookie cookie = probe().open("big", 2 * total * probe().block(), 1);
        int queued = 0;
        for (long b = 0; b < total + 20; b++) {
            ByteBuffer bytes = Bytes.direct(
                    Bytes.of(cookie.node(), 1, probe().cache().geometry().blockRange(b)));
            if (cookie.fill(cookie.beginFill(true), b * probe().block(), bytes, released::incrementAndGet)) {
                queued++;
            }
        }
        assertThat(queued).isEqualTo(total + 20);
        CompletionStage<Void> drained = probe().cache().drain();
        CacheProbe.until(() -> {
            probe().cache().culler().doWork(8);
            return drained.toCompletableFuture().isDone();
        });
        assertThat(released).hasValue(queued);
        assertThat(statistics().fills()).isEqualTo(new CacheStatistics.Fills((total + 20) * probe().block(), 0, 0));
        assertThat(probe().read(cookie, probe().cache().geometry().blockRange(total + 19)))
                .isEqualTo(Bytes.of(cookie.node(), 1, probe().cache().geometry().blockRange(total + 19)));
        cookie.relinquish();
    }

    @Test
    default void fills_beyondTheQueue_areRefusedAndCounted() throws Exception {
        ByteBuffer bytes = ByteBuffer.allocateDirect(probe().block());
        AtomicInteger released = new AtomicInteger();
        Cookie cookie = probe().open("big", 1L << 40, 1);
        long refused = 0;
        int asked = 0;
        while (refused < 3 && asked < 4000) {
            boolean queued = cookie.fill(
                    cookie.beginFill(true), (long) asked * probe().block(), bytes, released::incrementAndGet);
            asked++;
            refused += queued ? 0 : 1;
        }
        assertThat(refused).isEqualTo(3);
        assertThat(statistics().fills().droppedBytes()).isEqualTo(3L * probe().block());
        CacheProbe.until(() -> statistics().cull().longestExhaustedNanos() > 0);
        cookie.retire();
        int all = asked;
        CacheProbe.until(() -> {
            probe().cache().culler().doWork(64);
            return released.get() == all;
        });
        await(probe().cache().drain());
        assertThat(released).hasValue(asked);
        assertThat(statistics().fills().droppedBytes()).isEqualTo(3L * probe().block());
    }
}
