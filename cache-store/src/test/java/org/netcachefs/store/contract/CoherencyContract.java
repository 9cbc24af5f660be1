package org.netcachefs.store.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.netcachefs.store.contract.CacheProbe.all;
import static org.netcachefs.store.contract.CacheProbe.data;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.netcachefs.store.ByteRange;
import org.netcachefs.store.CoherencyData;
import org.netcachefs.store.Cookie;
import org.netcachefs.store.Cookie.FillTicket;
import org.netcachefs.store.Extent;

/** What is cached counts for the coherency data it was noted under, and unsettled fills for the opens of their time. */
interface CoherencyContract extends Contract {
    @Test
    default void acquire_ofUnchangedFile_findsWhatWasCached() throws Exception {
        Cookie cookie = probe().open("f", probe().block(), 1);
        probe().fill(cookie, 1, all(probe().block()));
        cookie.relinquish();
        cookie = probe().open("f", probe().block(), 1);
        probe().assertCached(cookie, 1, all(probe().block()));
        cookie.relinquish();
    }

    @Test
    default void acquire_underOtherData_findsAHole() throws Exception {
        CoherencyData before = data(probe().block(), 1);
        for (CoherencyData now : List.of(
                new CoherencyData(before.size() - 1, before.modifiedNanos(), before.changedNanos()),
                new CoherencyData(before.size(), before.modifiedNanos() - 1, before.changedNanos()),
                new CoherencyData(before.size(), before.modifiedNanos(), before.changedNanos() + 1))) {
            Cookie cookie = probe().volume().acquire(probe().node("f"), before);
            probe().fill(cookie, 1, all(before.size()));
            cookie.relinquish();
            cookie = probe().volume().acquire(probe().node("f"), now);
            assertThat(cookie.coherency()).isEqualTo(now);
            probe().assertHole(cookie, all(now.size()));
            cookie.relinquish();
        }
    }

    @Test
    default void acquirers_shareOneCookie() throws Exception {
        Cookie first = probe().open("f", probe().block(), 1);
        Cookie second = probe().open("f", probe().block(), 1);
        probe().fill(first, 1, all(probe().block()));
        probe().assertCached(second, 1, all(probe().block()));
        assertThat(second.version()).isEqualTo(first.version());
        first.relinquish();
        probe().assertCached(second, 1, all(probe().block()));
        second.relinquish();
        assertThat(probe().cache().statistics().openCookies()).isZero();
    }

    @Test
    default void acquire_underOtherData_invalidatesForThoseWhoHaveItOpen() throws Exception {
        Cookie first = probe().open("f", probe().block(), 1);
        probe().fill(first, 1, all(probe().block()));
        long version = first.version();
        Cookie second = probe().open("f", probe().block(), 2);
        assertThat(first.version()).isNotEqualTo(version);
        assertThat(first.coherency()).isEqualTo(data(probe().block(), 2));
        probe().assertHole(first, all(probe().block()));
        probe().fill(second, 2, all(probe().block()));
        probe().assertCached(first, 2, all(probe().block()));
        first.relinquish();
        second.relinquish();
    }

    @Test
    default void invalidate_makesOneHoleValidForTheNewData() throws Exception {
        Cookie cookie = probe().open("f", 2L * probe().block(), 1);
        probe().fill(cookie, 1, all(2L * probe().block()));
        cookie.invalidate(data(probe().block() + 5L, 2));
        assertThat(cookie.coherency()).isEqualTo(data(probe().block() + 5L, 2));
        probe().assertHole(cookie, all(2L * probe().block()));
        probe().fill(cookie, 2, all(probe().block() + 5L));
        cookie.relinquish();
        cookie = probe().open("f", probe().block() + 5L, 2);
        probe().assertCached(cookie, 2, all(probe().block() + 5L));
        cookie.relinquish();
    }

    @Test
    default void note_keepsTheContentUnderTheNewData() throws Exception {
        Cookie cookie = probe().open("f", probe().block(), 1);
        probe().fill(cookie, 1, all(probe().block()));
        cookie.note(data(probe().block(), 2));
        assertThat(cookie.coherency()).isEqualTo(data(probe().block(), 2));
        cookie.relinquish();
        cookie = probe().open("f", probe().block(), 2);
        probe().assertCached(cookie, 1, all(probe().block()));
        cookie.relinquish();
        cookie = probe().open("f", probe().block(), 1);
        probe().assertHole(cookie, all(probe().block()));
        cookie.relinquish();
    }

    @Test
    default void truncate_keepsWhatLiesBelow() throws Exception {
        long size = 2L * probe().block();
        Cookie cookie = probe().open("f", size, 1);
        probe().fill(cookie, 1, all(size));
        long cut = probe().block() + probe().sector() + 100L;
        cookie.truncate(cut);
        cookie.note(data(cut, 2));
        probe().assertCached(cookie, 1, all(cut));
        probe().assertHole(cookie, ByteRange.between(cut, size));
        cookie.relinquish();
        cookie = probe().open("f", cut, 2);
        probe().assertCached(cookie, 1, all(cut));
        cookie.relinquish();
    }

    @Test
    default void truncate_andGrowth_bringNothingBack() throws Exception {
        long size = 3L * probe().block();
        long cut = probe().block() + probe().sector() + 100L;
        Cookie cookie = probe().open("f", size, 1);
        probe().fill(cookie, 1, all(size));
        cookie.truncate(cut);
        cookie.note(data(cut, 2));
        cookie.note(data(size, 3));
        probe().assertHole(cookie, ByteRange.between(cut, size));
        ByteRange refilled = probe().cache().geometry().sectorsAround(ByteRange.between(cut, cut + 1));
        probe().fill(cookie, 3, refilled);
        ByteRange fresh = ByteRange.between(cut, refilled.end());
        assertThat(probe().read(cookie, fresh)).isEqualTo(Bytes.of(cookie.node(), 3, fresh));
        probe().assertHole(cookie, ByteRange.between(refilled.end(), size));
        cookie.relinquish();
        cookie = probe().open("f", size, 3);
        probe().assertHole(cookie, ByteRange.between(refilled.end(), size));
        cookie.relinquish();
    }

    @Test
    default void truncate_toNothing_leavesNothing() throws Exception {
        Cookie cookie = probe().open("f", probe().block(), 1);
        probe().fill(cookie, 1, all(probe().block()));
        cookie.truncate(0);
        probe().assertHole(cookie, all(probe().block()));
        cookie.relinquish();
    }

    @Test
    default void unpublish_makesHolesOfTheSectorsTouched() throws Exception {
        Cookie cookie = probe().open("f", 2L * probe().block(), 1);
        probe().fill(cookie, 1, all(2L * probe().block()));
        cookie.unpublish(ByteRange.between(5L * probe().sector() - 1, 6L * probe().sector() + 1));
        probe().assertCached(cookie, 1, probe().sectors(0, 3));
        probe().assertHole(cookie, probe().sectors(4, 6));
        probe().assertCached(cookie, 1, probe().sectors(7, 127));
        cookie.unpublish(probe().sectors(60, 70));
        assertThat(cookie.nextExtent(probe().sectors(7, 127))).isEqualTo(new Extent(probe().sectors(7, 59), true));
        probe().assertHole(cookie, probe().sectors(60, 70));
        probe().fill(cookie, 2, probe().sectors(4, 6));
        probe().assertCached(cookie, 2, probe().sectors(4, 6));
        probe().assertCached(cookie, 1, probe().sectors(71, 127));
        cookie.relinquish();
    }

    @Test
    default void retire_dropsWhatIsCached() throws Exception {
        Cookie first = probe().open("f", probe().block(), 1);
        Cookie second = probe().open("f", probe().block(), 1);
        probe().fill(first, 1, all(probe().block()));
        first.retire();
        probe().assertHole(second, all(probe().block()));
        second.relinquish();
        second = probe().open("f", probe().block(), 1);
        probe().assertHole(second, all(probe().block()));
        second.relinquish();
        probe().settle();
        assertThat(probe().cache().statistics().slots().usedBytes()).isZero();
        assertThat(probe().cache().statistics().openCookies()).isZero();
    }

    @Test
    default void unsettledFill_servesWhoHasItOpen() throws Exception {
        Cookie cookie = probe().open("f", probe().block(), 1);
        probe().fill(cookie, cookie.beginFill(false), 1, all(probe().block()));
        probe().assertCached(cookie, 1, all(probe().block()));
        cookie.relinquish();
    }

    @Test
    default void dropUnsettled_leavesSettledFills() throws Exception {
        Cookie cookie = probe().open("f", probe().block(), 1);
        probe().fill(cookie, cookie.beginFill(false), 1, probe().sectors(0, 9));
        probe().fill(cookie, cookie.beginFill(true), 1, probe().sectors(10, 19));
        Cookie second = probe().open("f", probe().block(), 1);
        second.dropUnsettled();
        probe().assertHole(second, probe().sectors(0, 9));
        probe().assertCached(second, 1, probe().sectors(10, 19));
        relinquish(cookie, second);
    }

    private static void relinquish(Cookie... cookies) {
        for (Cookie cookie : cookies) {
            cookie.relinquish();
        }
    }

    @Test
    default void dropUnsettled_stopsUnsettledFillsBegun() throws Exception {
        Cookie cookie = probe().open("f", probe().block(), 1);
        FillTicket ticket = cookie.beginFill(false);
        long version = cookie.version();
        Cookie second = probe().open("f", probe().block(), 1);
        second.dropUnsettled();
        assertThat(second.version()).isNotEqualTo(version);
        probe().fill(cookie, ticket, 1, all(probe().block()));
        probe().assertHole(second, all(probe().block()));
        relinquish(cookie, second);
    }

    @Test
    default void unsettledFill_isAHoleForTheNextOpen() throws Exception {
        Cookie cookie = probe().open("f", probe().block(), 1);
        FillTicket late = cookie.beginFill(false);
        probe().fill(cookie, cookie.beginFill(false), 1, all(probe().block()));
        long version = cookie.version();
        cookie.relinquish();
        cookie = probe().open("f", probe().block(), 1);
        assertThat(cookie.version()).isNotEqualTo(version);
        probe().assertHole(cookie, all(probe().block()));
        probe().fill(cookie, late, 1, all(probe().block()));
        probe().assertHole(cookie, all(probe().block()));
        cookie.relinquish();
    }

    @Test
    default void settledFill_overAnUnsettledOne_isTrusted() throws Exception {
        Cookie cookie = probe().open("f", probe().block(), 1);
        probe().fill(cookie, cookie.beginFill(false), 1, all(probe().block()));
        cookie.dropUnsettled();
        probe().fill(cookie, cookie.beginFill(true), 2, all(probe().block()));
        cookie.dropUnsettled();
        probe().assertCached(cookie, 2, all(probe().block()));
        cookie.relinquish();
        cookie = probe().open("f", probe().block(), 1);
        probe().assertCached(cookie, 2, all(probe().block()));
        cookie.relinquish();
    }

    @Test
    default void unsettledFill_overASettledOne_takesNoTrustAway() throws Exception {
        Cookie cookie = probe().open("f", probe().block(), 1);
        probe().fill(cookie, cookie.beginFill(true), 1, all(probe().block()));
        probe().fill(cookie, cookie.beginFill(false), 1, all(probe().block()));
        cookie.dropUnsettled();
        probe().assertCached(cookie, 1, all(probe().block()));
        cookie.relinquish();
    }
}
