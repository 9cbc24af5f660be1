package org.netcachefs.store.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.netcachefs.store.contract.CacheProbe.all;
import static org.netcachefs.store.contract.CacheProbe.data;

import org.junit.jupiter.api.Test;
import org.netcachefs.store.ByteRange;
import org.netcachefs.store.CoherencyData;
import org.netcachefs.store.Cookie;
import org.netcachefs.store.Cookie.FillTicket;

/** A fill publishes only if nothing happened to the content since its upstream read began; version and guard say what did. */
interface GuardContract extends Contract {
    /** Something that happens to an open file. */
    interface Change {
        void apply(Cookie cookie) throws Exception;
    }

    /** Begins a fill, lets the change happen, and brings the bytes: nothing of them is ever seen, and none counts as lost. */
    default void assertStops(Change change) throws Exception {
        Cookie cookie = probe().open("f", probe().block(), 1);
        FillTicket ticket = cookie.beginFill(true);
        change.apply(cookie);
        probe().fill(cookie, ticket, 1, all(probe().block()));
        probe().assertHole(cookie, all(probe().block()));
        assertThat(probe().cache().statistics().slots().usedBytes()).isZero();
        assertThat(probe().cache().statistics().fills().droppedBytes()).isZero();
        assertThat(probe().cache().statistics().fills().bytes()).isZero();
        probe().fill(cookie, 2, all(probe().block()));
        probe().assertCached(cookie, 2, all(probe().block()));
    }

    @Test
    default void fill_begunBeforeInvalidate_isNotPublished() throws Exception {
        assertStops(cookie -> cookie.invalidate(data(probe().block(), 2)));
    }

    /** Behind its end there would be zeros, where the content goes on. */
    @Test
    default void fill_thatEndsAmidASector_whereTheContentDoesNot_isNotPublished() throws Exception {
        long before = probe().sector() + 100;
        Cookie cookie = probe().open("f", before, 1);
        cookie.invalidate(data(before + 37, 2));
        FillTicket ticket = cookie.beginFill(true); // by who had looked at the size before
        probe().fill(cookie, ticket, 2, all(before));
        probe().assertHole(cookie, all(before));
        probe().fill(cookie, 2, all(before + 37));
        probe().assertCached(cookie, 2, all(before + 37));
        cookie.relinquish();
    }

    @Test
    default void fill_begunBeforeTruncate_isNotPublished() throws Exception {
        assertStops(cookie -> cookie.truncate(probe().block()));
    }

    @Test
    default void fill_begunBeforeUnpublish_isNotPublished() throws Exception {
        assertStops(cookie -> cookie.unpublish(probe().sectors(7, 7)));
    }

    @Test
    default void fill_begunBeforeFlush_isNotPublished() throws Exception {
        assertStops(cookie -> probe().volume().flush(cookie.node()));
    }

    @Test
    default void fill_begunBeforeFlushOfTheDirectory_isNotPublished() throws Exception {
        assertStops(cookie -> probe().volume().flush(probe().root()));
    }

    @Test
    default void fill_begunBeforeFlushOfAll_isNotPublished() throws Exception {
        assertStops(cookie -> probe().volume().flushAll());
    }

    @Test
    default void fill_begunBeforeAnOpenThatFoundOtherData_isNotPublished() throws Exception {
        assertStops(cookie -> probe().open("f", probe().block(), 2));
    }

    @Test
    default void fill_begunBeforeAnotherRetired_isNotPublished() throws Exception {
        assertStops(cookie -> probe().open("f", probe().block(), 1).retire());
    }

    @Test
    default void fill_begunBeforeAnOpenThatFoundTheSame_isPublished() throws Exception {
        Cookie cookie = probe().open("f", probe().block(), 1);
        FillTicket ticket = cookie.beginFill(true);
        Cookie second = probe().open("f", probe().block(), 1);
        second.dropUnsettled();
        probe().fill(cookie, ticket, 1, all(probe().block()));
        probe().assertCached(second, 1, all(probe().block()));
    }

    @Test
    default void fill_begunWhileOthersFill_isPublished() throws Exception {
        Cookie cookie = probe().open("f", probe().block(), 1);
        FillTicket ticket = cookie.beginFill(true);
        probe().fill(cookie, 1, probe().sectors(0, 31));
        probe().fill(cookie, ticket, 1, probe().sectors(32, 63));
        probe().assertCached(cookie, 1, all(probe().block()));
    }

    /** As a writer goes on behind what it has written. */
    @Test
    default void fill_begunBeforeWritesOfOtherSectors_isPublished() throws Exception {
        Cookie cookie = probe().open("f", probe().block(), 1);
        for (int sector = 0; sector < 64; sector++) {
            FillTicket ticket = cookie.beginFill(true);
            for (int later = sector + 1; later < Math.min(64, sector + 20); later++) {
                cookie.unpublish(probe().sectors(later, later));
            }
            probe().fill(cookie, ticket, 1, probe().sectors(sector, sector));
        }
        probe().assertCached(cookie, 1, all(probe().block()));
    }

    @Test
    default void fill_begunBeforeMoreWritesThanAreRemembered_isNotPublished() throws Exception {
        Cookie cookie = probe().open("f", probe().block(), 1);
        FillTicket ticket = cookie.beginFill(true);
        for (int write = 0; write < 1000; write++) {
            cookie.unpublish(probe().sectors(1, 1));
        }
        probe().fill(cookie, ticket, 1, probe().sectors(0, 0));
        probe().assertHole(cookie, probe().sectors(0, 0));
    }

    @Test
    default void fill_overSeveralBlocks_isPublishedWhereNothingWasWrittenSince() throws Exception {
        Cookie cookie = probe().open("f", 3L * probe().block(), 1);
        FillTicket ticket = cookie.beginFill(true);
        cookie.unpublish(new ByteRange(probe().block() + 5, 1));
        probe().fill(cookie, ticket, 1, all(3L * probe().block()));
        probe().assertCached(cookie, 1, all(probe().block()));
        probe().assertHole(cookie, new ByteRange(probe().block(), probe().sector()));
        probe().assertCached(cookie, 1, new ByteRange(2L * probe().block(), probe().block()));
    }

    @Test
    default void grow_makesRoomForWhatIsWrittenPastTheEnd() throws Exception {
        Cookie cookie = probe().open("f", probe().sector(), 1);
        cookie.grow(2L * probe().sector());
        probe().fill(cookie, 1, probe().sectors(0, 1));
        probe().assertCached(cookie, 1, probe().sectors(0, 1));
        cookie.grow(1);
        assertThat(cookie.coherency().size()).isEqualTo(2L * probe().sector());
    }

    @Test
    default void contentBeingWritten_isStaleForWhoeverFindsItLater() throws Exception {
        Cookie cookie = probe().open("f", probe().block(), 1);
        cookie.invalidate(CoherencyData.writing(probe().block()));
        assertThat(cookie.coherency().isWriting()).isTrue();
        probe().fill(cookie, 1, all(probe().block()));
        cookie.relinquish();
        Cookie later = probe().open("f", probe().block(), 1);
        probe().assertHole(later, all(probe().block()));
    }

    @Test
    default void version_movesWhenOthersChangedTheContent() throws Exception {
        assertMoves(true, cookie -> cookie.invalidate(data(probe().block(), 2)));
        assertMoves(true, cookie -> probe().volume().flush(cookie.node()));
        assertMoves(true, cookie -> probe().volume().flushAll());
    }

    @Test
    default void version_staysWhenWeChangedTheContent() throws Exception {
        assertMoves(false, cookie -> cookie.truncate(10));
        assertMoves(false, cookie -> cookie.unpublish(probe().sectors(0, 1)));
    }

    default void assertMoves(boolean version, Change change) throws Exception {
        Cookie cookie = probe().open("f", probe().block(), 1);
        probe().fill(cookie, 1, all(probe().block()));
        long versionBefore = cookie.version();
        long guardBefore = cookie.fillGuard();
        change.apply(cookie);
        assertThat(cookie.version() != versionBefore).isEqualTo(version);
        assertThat(cookie.fillGuard()).isNotEqualTo(guardBefore);
        cookie.retire();
    }

    @Test
    default void versionAndGuard_stayWhileNothingChanges() throws Exception {
        Cookie cookie = probe().open("f", probe().block(), 1);
        long version = cookie.version();
        long guard = cookie.fillGuard();
        probe().fill(cookie, 1, probe().sectors(0, 9));
        Cookie second = probe().open("f", probe().block(), 1);
        second.dropUnsettled();
        second.note(data(probe().block(), 2));
        second.relinquish();
        assertThat(cookie.version()).isEqualTo(version);
        assertThat(cookie.fillGuard()).isEqualTo(guard);
        cookie.relinquish();
    }

    /** The kernel's pages are kept over a close while the version is the same: another content must never come under it. */
    @Test
    default void version_ofOtherContent_isNeverSeenAgainAfterReopen() throws Exception {
        Cookie cookie = probe().open("f", probe().block(), 1);
        long empty = cookie.version();
        cookie.relinquish();
        cookie = probe().open("f", probe().block(), 2);
        long second = cookie.version();
        assertThat(second).isNotEqualTo(empty);
        probe().fill(cookie, 2, all(probe().block()));
        cookie.relinquish();
        cookie = probe().open("f", probe().block(), 3);
        assertThat(cookie.version()).isNotIn(empty, second);
        cookie.retire();
    }

    @Test
    default void version_afterFlushOfClosedFile_isAnother() throws Exception {
        Cookie cookie = probe().open("f", probe().block(), 1);
        probe().fill(cookie, 1, all(probe().block()));
        long before = cookie.version();
        cookie.relinquish();
        probe().volume().flushAll();
        cookie = probe().open("f", probe().block(), 1);
        assertThat(cookie.version()).isNotEqualTo(before);
        cookie.relinquish();
    }
}
