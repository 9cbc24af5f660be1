package org.netcachefs.store.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.netcachefs.store.contract.CacheProbe.all;
import static org.netcachefs.store.contract.CacheProbe.data;

import com.kenai.jffi.MemoryIO;
import java.io.ByteArrayOutputStream;
import java.io.RandomAccessFile;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.netcachefs.store.ByteRange;
import org.netcachefs.store.Cookie;
import org.netcachefs.store.Cookie.HeldRange;
import org.netcachefs.store.Cookie.Region;

/** Where there is a data file: places held stay as they are until given back. */
interface HoldContract extends PersistenceContract {
    /** What the regions hold, read from the file itself. */
    private static byte[] bytes(HeldRange held) throws Exception {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (Region region : held.regions()) {
            try (RandomAccessFile file = new RandomAccessFile("/proc/self/fd/" + region.descriptor(), "r")) {
                byte[] part = new byte[region.length()];
                file.seek(region.position());
                file.readFully(part);
                all.write(part);
            }
        }
        return all.toByteArray();
    }

    /** An open file whose content is durable and, by a read, verified. */
    private Cookie verified(String name, long size) throws Exception {
        Cookie cookie = probe().open(name, size, 1);
        probe().fill(cookie, 1, all(size));
        cookie.relinquish();
        reopen();
        Cookie again = probe().open(name, size, 1);
        probe().assertCached(again, 1, all(size));
        return again;
    }

    @Test
    default void hold_givesThePlacesInOrder() throws Exception {
        long size = 3L * probe().block() + 1000;
        Cookie cookie = verified("f", size);
        for (ByteRange range : new ByteRange[] {
            all(size), all(1), new ByteRange(100, probe().block()), all(size).from(size - 7)
        }) {
            try (HeldRange held = cookie.hold(range)) {
                assertThat(bytes(held)).isEqualTo(Bytes.of(cookie.node(), 1, range));
                assertThat(held.isInMemory()).isTrue();
                assertThat(probe().cache().statistics().holds()).isPositive();
                assertThat(probe().cache().statistics().slots().held()).isPositive();
            }
            assertThat(probe().cache().statistics().holds()).isZero();
        }
        cookie.relinquish();
    }

    @Test
    default void blocksThatLieBehindEachOther_areOneRegion() throws Exception {
        long size = 4L * probe().block();
        Cookie cookie = verified("f", size);
        try (HeldRange held = cookie.hold(all(size))) {
            assertThat(held.regions()).extracting(Region::length).containsExactly((int) size);
        }
        cookie.relinquish();
    }

    @Test
    default void blocksFilledInAnotherOrder_areSeveral_inTheFilesOrder() throws Exception {
        long size = 3L * probe().block();
        Cookie cookie = probe().open("f", size, 1);
        for (int block : new int[] {2, 0, 1}) {
            probe().fill(cookie, 1, all(size).from(block * probe().block()).first(probe().block()));
        }
        cookie.relinquish();
        reopen();
        Cookie again = probe().open("f", size, 1);
        probe().assertCached(again, 1, all(size));
        try (HeldRange held = again.hold(all(size))) {
            assertThat(held.regions()).hasSize(2);
            assertThat(bytes(held)).isEqualTo(Bytes.of(again.node(), 1, all(size)));
        }
        again.relinquish();
    }

    @Test
    default void hold_ofWhatIsNotWhollyCached_isNull() throws Exception {
        long size = 2L * probe().block();
        Cookie cookie = probe().open("f", size, 1);
        probe().fill(cookie, 1, probe().sectors(0, 9));
        probe().assertCached(cookie, 1, probe().sectors(0, 9));
        assertThat(cookie.hold(probe().sectors(9, 10))).isNull();
        assertThat(cookie.hold(new ByteRange(size - 1, 2))).isNull();
        assertThat(probe().cache().statistics().holds()).isZero();
        cookie.relinquish();
    }

    @Test
    default void heldPlaces_stayAsTheyAre_whateverHappens() throws Exception {
        long size = 2L * probe().block() + 5L * probe().sector();
        Cookie cookie = verified("f", size);
        byte[] expected = Bytes.of(cookie.node(), 1, all(size));
        try (HeldRange held = cookie.hold(all(size))) {
            cookie.unpublish(probe().sectors(3, 4));
            probe().fill(cookie, 2, probe().sectors(3, 4));
            assertThat(bytes(held)).isEqualTo(expected);
            cookie.invalidate(data(size, 2));
            probe().fill(cookie, 2, all(size));
            assertThat(bytes(held)).isEqualTo(expected);
            probe().volume().flushAll();
            churn();
            assertThat(bytes(held)).isEqualTo(expected);
        }
        cookie.relinquish();
        probe().cull();
        assertThat(probe().cache().statistics().slots().held()).isZero();
    }

    /** What is lent; null if nothing is. {@code before} runs while it is. */
    private static byte[] lent(Cookie cookie, ByteRange range, Runnable before) {
        byte[] bytes = new byte[(int) range.length()];
        boolean isLent = cookie.tryLend(range.start(), bytes.length, address -> {
            before.run();
            MemoryIO.getInstance().getByteArray(address, bytes, 0, bytes.length);
            return true;
        });
        return isLent ? bytes : null;
    }

    @Test
    default void lentBytes_areThoseCached_andInOnePiece() throws Exception {
        long size = 2L * probe().block() + 1000;
        Cookie cookie = verified("f", size);
        for (ByteRange range :
                new ByteRange[] {all(1), new ByteRange(100, 4096), all(size).from(size - 7)}) {
            assertThat(lent(cookie, range, () -> {})).isEqualTo(Bytes.of(cookie.node(), 1, range));
        }
        assertThat(cookie.tryLend(0, 1, address -> false)).isFalse();
        for (long start : new long[] {probe().block() - 1, size - 1, -1}) {
            assertThat(cookie.tryLend(start, 2, address -> true))
                    .as("at %d", start)
                    .isFalse();
        }
        assertThat(probe().cache().statistics().holds()).isZero();
        cookie.relinquish();
        probe().cull();
        assertThat(probe().cache().statistics().slots().held()).isZero();
    }

    @Test
    default void bytesThatAreNotVerified_areNotLent() throws Exception {
        Cookie cookie = probe().open("f", probe().block(), 1);
        probe().fill(cookie, 1, all(probe().block()));
        cookie.relinquish();
        reopen();
        Cookie again = probe().open("f", probe().block(), 1);
        assertThat(again.nextExtent(all(1)).isHole()).isFalse();
        assertThat(again.tryLend(0, 1, address -> true)).isFalse();
        probe().assertCached(again, 1, all(probe().block()));
        assertThat(again.tryLend(0, 1, address -> true)).isTrue();
        again.relinquish();
    }

    @Test
    default void lentBytes_stayAsTheyAre_whateverHappens() throws Exception {
        long size = 2L * probe().block();
        Cookie cookie = verified("f", size);
        ByteRange range = new ByteRange(4097, 4096);
        assertThat(lent(cookie, range, () -> changeAll(cookie, size))).isEqualTo(Bytes.of(cookie.node(), 1, range));
        cookie.relinquish();
    }

    private void changeAll(Cookie cookie, long size) {
        try {
            cookie.invalidate(data(size, 2));
            probe().fill(cookie, 2, all(size));
            probe().volume().flushAll();
            churn();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** Fills twice what fits, culling all the time. */
    private void churn() throws Exception {
        long blocks = 2 * probe().cache().statistics().slots().total();
        Cookie cookie = probe().open("churn", blocks * probe().block(), 1);
        for (long b = 0; b < blocks; b++) {
            ByteRange range = probe().cache().geometry().blockRange(b);
            cookie.fill(
                    cookie.beginFill(true), range.start(), Bytes.direct(Bytes.of(cookie.node(), 1, range)), () -> {});
            if (b % 16 == 0) {
                probe().settle();
            }
        }
        probe().settle();
        cookie.retire();
        probe().settle();
    }

    @Test
    default void culler_leavesHeldSlots() throws Exception {
        Cookie cookie = verified("held", 3L * probe().block());
        HeldRange held = cookie.hold(all(3L * probe().block()));
        churn();
        assertThat(bytes(held)).isEqualTo(Bytes.of(cookie.node(), 1, all(3L * probe().block())));
        held.close();
        cookie.relinquish();
    }

    @Test
    default void close_waitsForHolds() throws Exception {
        Cookie cookie = verified("f", probe().block());
        HeldRange held = cookie.hold(all(probe().block()));
        CompletableFuture<Void> closed = CacheProbe.start(() -> probe().cache().close());
        byte[] expected = Bytes.of(cookie.node(), 1, all(probe().block()));
        for (int i = 0; i < 20; i++) {
            assertThat(bytes(held)).isEqualTo(expected);
            Thread.sleep(5);
        }
        assertThat(closed).isNotDone();
        held.close();
        CacheProbe.await(closed);
    }
}
