package org.netcachefs.store.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.netcachefs.store.contract.CacheProbe.all;
import static org.netcachefs.store.contract.CacheProbe.await;

import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.netcachefs.store.ByteRange;
import org.netcachefs.store.Cookie;
import org.netcachefs.store.Cookie.FillTicket;
import org.netcachefs.store.Cookie.ReadOutcome;
import org.netcachefs.store.Extent;

/** What was filled is read, and nothing else. */
interface ReadContract extends Contract {
    @Test
    default void read_ofNewFile_isOneHole() throws Exception {
        Cookie cookie = probe().open("f", 10 * probe().block(), 1);
        probe().assertHole(cookie, all(10L * probe().block()));
        cookie.relinquish();
    }

    @Test
    default void read_ofFilledFile_givesItsBytes() throws Exception {
        long size = 3L * probe().block();
        Cookie cookie = probe().open("f", size, 1);
        probe().fill(cookie, 1, all(size));
        probe().assertCached(cookie, 1, all(size));
        cookie.relinquish();
    }

    @Test
    default void read_atAnyOffsetAndLength_givesTheseBytes() throws Exception {
        long size = 2L * probe().block() + 777;
        Cookie cookie = probe().open("f", size, 1);
        probe().fill(cookie, 1, all(size));
        Random random = new Random(1);
        for (int i = 0; i < 200; i++) {
            int start = random.nextInt((int) size);
            probe().assertCached(cookie, 1, new ByteRange(start, 1 + random.nextInt((int) size - start)));
        }
        cookie.relinquish();
    }

    @Test
    default void tryRead_thatIsNotDone_leavesTheBufferAlone() throws Exception {
        Cookie cookie = probe().open("f", probe().block(), 1);
        probe().fill(cookie, 1, probe().sectors(0, 0));
        ByteBuffer to = ByteBuffer.allocateDirect(3 * probe().sector()).position(5);
        ReadOutcome outcome = cookie.tryRead(0, probe().sector() + 1, to);
        assertThat(outcome).isIn(ReadOutcome.HOLE, ReadOutcome.WOULD_BLOCK);
        assertThat(to.position()).isEqualTo(5);
        cookie.relinquish();
    }

    @Test
    default void tryRead_writesAtThePositionAndNoFurther() throws Exception {
        Cookie cookie = probe().open("f", probe().block(), 1);
        probe().fill(cookie, 1, probe().sectors(0, 3));
        probe().readAsynchronously(cookie, probe().sectors(0, 3));
        ByteBuffer to = ByteBuffer.allocateDirect(100).position(10);
        CacheProbe.until(() -> cookie.tryRead(5, 20, to) == ReadOutcome.DONE);
        assertThat(to.position()).isEqualTo(30);
        byte[] all = new byte[100];
        to.rewind().get(all);
        byte[] expected = new byte[100];
        System.arraycopy(Bytes.of(cookie.node(), 1, new ByteRange(5, 20)), 0, expected, 10, 20);
        assertThat(all).isEqualTo(expected);
        cookie.relinquish();
    }

    @Test
    default void nextExtent_ofPartlyCachedBlock_alternates() throws Exception {
        long size = 2L * probe().block();
        Cookie cookie = probe().open("f", size, 1);
        probe().fill(cookie, 1, probe().sectors(3, 5));
        probe().fill(cookie, 1, probe().sectors(63, 64));
        assertThat(cookie.nextExtent(all(size))).isEqualTo(new Extent(probe().sectors(0, 2), false));
        assertThat(cookie.nextExtent(all(size).from(probe().sectors(3, 3).start())))
                .isEqualTo(new Extent(probe().sectors(3, 5), true));
        assertThat(cookie.nextExtent(all(size).from(probe().sectors(6, 6).start())))
                .isEqualTo(new Extent(probe().sectors(6, 62), false));
        assertThat(cookie.nextExtent(all(size).from(probe().sectors(63, 63).start())))
                .isEqualTo(new Extent(probe().sectors(63, 64), true));
        assertThat(cookie.nextExtent(all(size).from(probe().sectors(65, 65).start())))
                .isEqualTo(new Extent(probe().sectors(65, 127), false));
        assertThat(probe().read(cookie, probe().sectors(5, 6))).isNull();
        probe().assertCached(cookie, 1, probe().sectors(3, 5));
        probe().assertCached(cookie, 1, probe().sectors(63, 64));
        cookie.relinquish();
    }

    @Test
    default void nextExtent_startsAndEndsWithinASector() throws Exception {
        Cookie cookie = probe().open("f", probe().block(), 1);
        probe().fill(cookie, 1, probe().sectors(1, 1));
        int sector = probe().sector();
        assertThat(cookie.nextExtent(new ByteRange(sector - 10, 20)))
                .isEqualTo(new Extent(new ByteRange(sector - 10, 10), false));
        assertThat(cookie.nextExtent(new ByteRange(sector + 7, 20)))
                .isEqualTo(new Extent(new ByteRange(sector + 7, 20), true));
        assertThat(cookie.nextExtent(new ByteRange(2 * sector - 4, 20)))
                .isEqualTo(new Extent(new ByteRange(2 * sector - 4, 4), true));
        cookie.relinquish();
    }

    @Test
    default void endOfFile_withinASector_isCachedUpToTheLastByte() throws Exception {
        long size = probe().block() + 5 * probe().sector() + 123;
        Cookie cookie = probe().open("f", size, 1);
        probe().fill(cookie, 1, all(size));
        probe().assertCached(cookie, 1, all(size));
        probe().assertCached(cookie, 1, ByteRange.between(size - 1, size));
        probe().assertHole(cookie, new ByteRange(size, 10));
        assertThat(cookie.nextExtent(all(size + 10))).isEqualTo(new Extent(all(size), true));
        assertThat(probe().read(cookie, all(size + 1))).isNull();
        cookie.relinquish();
    }

    @Test
    default void smallFile_ofOneByte_isCached() throws Exception {
        Cookie cookie = probe().open("f", 1, 1);
        probe().fill(cookie, 1, all(1));
        probe().assertCached(cookie, 1, all(1));
        cookie.relinquish();
    }

    @Test
    default void fill_inPieces_makesAWhole() throws Exception {
        long size = probe().block() + 99;
        Cookie cookie = probe().open("f", size, 1);
        int[] order = {5, 0, 63, 1, 40, 64};
        for (int sector : order) {
            probe().fill(cookie, 1, probe().sectors(sector, sector).until(size));
        }
        for (ByteRange rest = all(size); !rest.isEmpty(); ) {
            Extent extent = cookie.nextExtent(rest);
            if (extent.isHole()) {
                probe().fill(cookie, 1, extent.range());
            }
            rest = rest.from(extent.range().end());
        }
        probe().assertCached(cookie, 1, all(size));
        cookie.relinquish();
    }

    @Test
    default void fill_ofWhatIsCachedAlready_changesNothing() throws Exception {
        Cookie cookie = probe().open("f", probe().block(), 1);
        probe().fill(cookie, 1, probe().sectors(2, 9));
        probe().fill(cookie, 1, probe().sectors(0, 12));
        probe().assertCached(cookie, 1, probe().sectors(0, 12));
        assertThat(probe().cache().statistics().slots().usedBytes()).isEqualTo(13L * probe().sector());
        cookie.relinquish();
    }

    @Test
    default void fill_farIntoASparseFile_takesOnlyItsSectors() throws Exception {
        long size = 10L << 30;
        Cookie cookie = probe().open("f", size, 1);
        ByteRange far = new ByteRange((9L << 30) + probe().sector(), 2L * probe().sector());
        probe().fill(cookie, 1, far);
        probe().assertCached(cookie, 1, far);
        assertThat(cookie.nextExtent(all(size))).isEqualTo(new Extent(all(far.start()), false));
        assertThat(cookie.nextExtent(all(size).from(far.end())).isHole()).isTrue();
        assertThat(probe().cache().statistics().slots().usedBytes()).isEqualTo(far.length());
        cookie.relinquish();
    }

    @Test
    default void fill_doesNotTouchTheBuffer() throws Exception {
        Cookie cookie = probe().open("f", probe().block(), 1);
        ByteBuffer bytes = Bytes.direct(Bytes.of(cookie.node(), 1, probe().sectors(0, 1)));
        ByteBuffer surrounded = ByteBuffer.allocateDirect(bytes.remaining() + 20);
        surrounded.position(10).put(bytes).flip().position(10);
        cookie.fill(cookie.beginFill(true), 0, surrounded, () -> {});
        await(probe().cache().drain());
        assertThat(surrounded.position()).isEqualTo(10);
        probe().assertCached(cookie, 1, probe().sectors(0, 1));
        cookie.relinquish();
    }

    @Test
    default void fill_ofNothing_releasesOnce() throws Exception {
        Cookie cookie = probe().open("empty", 0, 1);
        AtomicInteger released = new AtomicInteger();
        FillTicket ticket = cookie.beginFill(true);
        cookie.fill(ticket, 0, ByteBuffer.allocateDirect(0), released::incrementAndGet);
        await(probe().cache().drain());
        assertThat(released).hasValue(1);
        cookie.relinquish();
    }

    @Test
    default void cookies_ofDifferentNodes_shareNothing() throws Exception {
        Cookie first = probe().open("a", probe().block(), 1);
        Cookie second = probe().open("b", probe().block(), 1);
        probe().fill(first, 1, all(probe().block()));
        probe().assertHole(second, all(probe().block()));
        probe().fill(second, 1, all(probe().block()));
        probe().assertCached(first, 1, all(probe().block()));
        probe().assertCached(second, 1, all(probe().block()));
        first.relinquish();
        second.relinquish();
    }

    @Test
    default void isMapped_onceLookedAt_needsNoIndex() throws Exception {
        Cookie cookie = probe().open("f", 4L * probe().block(), 1);
        probe().fill(cookie, 1, all(4L * probe().block()));
        probe().assertCached(cookie, 1, all(4L * probe().block()));
        assertThat(cookie.isMapped(all(4L * probe().block()))).isTrue();
        long before = probe().cache().statistics().index().lookups();
        assertThat(cookie.nextExtent(all(4L * probe().block()))).isEqualTo(new Extent(all(4L * probe().block()), true));
        assertThat(probe().cache().statistics().index().lookups()).isEqualTo(before);
        cookie.relinquish();
    }
}
